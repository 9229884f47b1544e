/** Eight in the morning of the local day after `at`: the end of a quiet night. */
export function tomorrowMorning(at: number): number {
  const day = new Date(at);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1, 8).getTime();
}
