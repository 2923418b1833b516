/** The job that looks at a teacher before a run: whether it can be read and gives vectors of known pictures, and how fast. */
import type { TeacherJob } from '../../../shared/contract/job.ts';
import type { JobResult } from '../../../shared/contract/report.ts';
import { normalisationOf } from '../../images/index.ts';
import type { JobContext } from '../control.ts';
import { knownPictures } from '../frozen/check.ts';
import { encoderOnProcessor } from '../source.ts';
import { teacherSource } from './source.ts';

/** @throws as teacherSource */
export async function lookAtTeacher({ teacher, config }: TeacherJob, context: JobContext): Promise<JobResult> {
  const source = await teacherSource(teacher, config, context);
  const encoder = await encoderOnProcessor(source);
  context.later(() => encoder.close());
  context.control.throwIfStopping();
  const { photos, n } = knownPictures(source.pixels.imageSize, normalisationOf());
  const seconds: number[] = [];
  for (let i = 0; i < 2; i++) {
    const began = performance.now(); // the first call compiles and takes memory
    await encoder.embed(photos, n);
    seconds.push((performance.now() - began) / 1000);
  }
  const of = source.kind === 'frozen' ? source.frozen.encoder : source.config.backbone;
  const said = teacher.ofRun || source.kind === 'frozen' ? of : { licence: '', origin: '' };
  return {
    kind: 'teacher',
    look: {
      dimensions: source.dimensions,
      secondsPerPhoto: Math.min(...seconds) / n,
      licence: said.licence,
      origin: said.origin,
    },
  };
}
