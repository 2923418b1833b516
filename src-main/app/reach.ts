/**
 * What a command needs to speak to an application that another process has: a few modules, where index.ts loads all that
 * the application is made of, which are more than all others of a command.
 */
export { defaultHome, homePaths, isHeld } from './home.ts';
export { assertApart } from './homeApart.ts';
export { connectLocally, listenLocally } from './local.ts';
export { isBegun } from './paths.ts';
export { startApp } from './start.ts';
export { takeTurn } from './turn.ts';
