/** How the self-test of each device ended, by what it depends on: another driver or another runtime is tested anew. */
import { SelfTest } from '../../shared/contract.ts';
import type { Db } from './database.ts';

export interface TestedDevice {
  provider: string;
  device: string;
  driver: string;
  /** Version of the ONNX runtime. */
  runtime: string;
}

export function selfTestsTable(db: Db) {
  const where = 'WHERE provider = @provider AND device = @device AND driver = @driver AND runtime = @runtime';
  const put = db.prepare(
    'INSERT OR REPLACE INTO self_tests (provider, device, driver, runtime, result) VALUES (@provider, @device, @driver, @runtime, @result)',
  );
  const get = db.prepare<[TestedDevice], { result: string | null }>(`SELECT result FROM self_tests ${where}`);
  const remove = db.prepare<[TestedDevice]>(`DELETE FROM self_tests ${where}`);
  return {
    /** The result of the self-test; 'unfinished' where it began and no result followed, null where there is none. */
    get(tested: TestedDevice): SelfTest | 'unfinished' | null {
      const row = get.get(tested);
      if (!row) return null;
      if (row.result === null) return 'unfinished';
      const parsed = SelfTest.safeParse(JSON.parse(row.result));
      return parsed.success ? parsed.data : null;
    },
    begin: (tested: TestedDevice) => void put.run({ ...tested, result: null }),
    end: (tested: TestedDevice, result: SelfTest) => void put.run({ ...tested, result: JSON.stringify(result) }),
    forget: (tested: TestedDevice) => void remove.run(tested),
  };
}
