import { describe, expect, it } from 'vitest';
import cases from '../../../../src-tauri/crates/sdk/src/text/cases.json';
import { type Fit, isSame, Query, Words } from './names';

const found = (query: string, name: string, about = ''): Fit | null => new Query(query).fit({ name: new Words(name), about: new Words(about) });

describe('names', () => {
  it.each(cases.finds as [string, string[]][])('%s is found as the backend finds them', (name, queries) => {
    expect(queries.filter((query) => found(query, name) === null)).toEqual([]);
  });

  it.each(cases.finds_not as [string, string[]][])('%s is not found by other words', (name, queries) => {
    expect(queries.filter((query) => found(query, name) !== null)).toEqual([]);
  });

  it('fit better by their beginning than by a ward', () => {
    expect(['ash', 'dr a', 'verma', 'asha cardio', 'nurse', ''].map((query) => found(query, 'Dr Asha Verma', 'Cardiology registrar'))).toEqual([
      'beginning',
      'beginning',
      'name',
      'about',
      null,
      'beginning',
    ]);
  });

  it('are the same whatever the spelling', () => {
    expect(isSame("Inês O'Neill", 'ines O’Neill ')).toBe(true);
    expect(isSame('Ana', 'Anna')).toBe(false);
  });
});
