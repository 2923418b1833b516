/**
 * Pictures that were asked for while nobody answered are asked for again: a browser asks once and then shows none, for as
 * long as the page is open.
 */
export function retryPictures(page: ParentNode): void {
  for (const picture of page.querySelectorAll('img')) {
    const isMissing = picture.complete && picture.naturalWidth === 0 && picture.src !== '';
    // eslint-disable-next-line no-self-assign -- which is how it is asked for again
    if (isMissing) picture.src = picture.src;
  }
}
