import type { TeamEvent, Who } from '../types';

/** One line of a sample thread: who (a staff key, or `me`), minutes since the line before, what. */
export type Line = readonly [who: string, minutes: number, text: string];

/** The newest part of each sample thread, oldest line first. Clinical in tone, invented in every detail. */
export const recent: Readonly<Record<string, readonly Line[]>> = {
  asha: [
    ['me', 0, 'Hi Asha, could I run a chest pain past you? Bed 12 on AMU, 58, troponin 34 then 61 at three hours.'],
    ['asha', 4, 'Of course. What does the ECG look like?'],
    ['me', 2, 'T wave inversion V4 to V6, new compared with the one from March. Pain free now.'],
    ['asha', 3, 'Sounds like an NSTEMI. Has he had aspirin and fondaparinux?'],
    ['me', 1, 'Aspirin yes, fondaparinux just prescribed. eGFR is *64*.'],
    ['asha', 2, 'Good. Load with ticagrelor unless there is a bleeding history, and keep him on the monitor.'],
    ['asha', 1, 'I can take him on coronary care after two. Bed 3 is being cleaned.'],
    ['me', 6, 'No bleeding history. Ticagrelor 180 given at 11:20. Thank you!'],
    ['asha', 41, 'Echo slot at 15:30 today. Guideline page if Callum wants it: https://guidelines.hospital.example/acs'],
    ['me', 2, 'Perfect, I will let him know.'],
    ['asha', 18, 'Bed 3 is ready now, send him whenever you like.'],
    ['asha', 1, 'And please ask the ward to send the drug chart with him this time 🙂'],
  ],
  tom: [
    ['tom', 0, 'Side room 2 is free from four if you still need isolation.'],
    ['me', 9, 'Yes please, for the gentleman in bay C with the diarrhoea.'],
    ['tom', 2, 'Will move him after the tea round. Stool sample has gone.'],
    ['me', 31, 'Could you also check a lying and standing pressure on Mrs Abara before she goes?'],
    ['tom', 22, 'Done: 132/78 lying, 118/74 standing at three minutes. No symptoms.'],
    ['me', 3, 'Lovely, she can go home then. Discharge letter is done.'],
  ],
  priya: [
    ['priya', 0, 'The discharge for bed 9 has both apixaban and enoxaparin on it. Intended?'],
    ['me', 7, 'No, good catch. Enoxaparin should have stopped yesterday. Fixed now.'],
    ['priya', 2, 'Thank you, released.'],
    ['me', 180, 'Is there any oral vancomycin on the ward stock or does it come from you?'],
    ['priya', 12, 'Comes from us. I will have it on 7B within the hour. 125 mg four times a day for ten days?'],
    ['me', 1, 'Exactly that.'],
  ],
  callum: [
    ['callum', 0, 'Sorry to bother you. Bed 4, potassium back at 6.1, not haemolysed.'],
    ['me', 1, 'Not a bother. ECG?'],
    ['callum', 3, 'Normal, just printed it. No peaked T waves.'],
    ['me', 1, 'Good. Stop the ramipril and the spironolactone, insulin and dextrose per protocol, repeat gas in an hour.'],
    ['callum', 1, 'Prescribing now. Calcium as well?'],
    ['me', 1, 'Only if the ECG changes. Call me if it goes over 6.5.'],
    ['callum', 64, 'Repeat is 5.3 👍'],
    ['me', 2, 'Well done. Put it in the notes and have something to eat.'],
  ],
  helen: [
    ['helen', 0, 'Can you present the two from resus at the post-take round tomorrow?'],
    ['me', 14, 'Happy to. Slides or just verbal?'],
    ['helen', 3, 'Verbal is fine. Keep it to five minutes each.'],
    ['helen', 2, 'Also, the mortality review moved to *Thursday 13:00*, seminar room 2.'],
    ['me', 1, 'Noted, thank you.'],
  ],
  yusuf: [
    ['me', 0, 'Morning Yusuf, CTPA request for AMU 7 is in. Wells score 6, D-dimer not sent.'],
    ['yusuf', 11, 'Vetted. Can you confirm the cannula is in the antecubital fossa? 20G or larger please.'],
    ['me', 4, 'Green one, left antecubital.'],
    ['yusuf', 1, 'Slot at 12:15. Porter is booked.'],
    ['yusuf', 58, 'Segmental PE right lower lobe, no right heart strain. Formal report to follow.'],
  ],
  liam: [
    ['liam', 0, 'Mr Fenn managed the stairs with one stick today. From my side he is safe for home.'],
    ['me', 16, 'Brilliant news. Does he need a follow-up?'],
    ['liam', 5, 'Community physio referral is in, they will ring him within a week.'],
  ],
  nadia: [
    ['nadia', 0, 'Blood culture from Friday, bed 15: gram negative rods in one of two bottles at 11 hours.'],
    ['me', 3, 'He is on co-amoxiclav. Temperature 38.4 this morning, pressure fine. Change?'],
    ['nadia', 2, 'Yes, please give gentamicin today and I will ring with sensitivities tomorrow.'],
    ['me', 1, 'Thanks, giving it now.'],
  ],
  ines: [
    ['ines', 0, 'Swallow screen passed for the lady you sent up. Normal diet.'],
    ['me', 8, 'Great. Is she on for the carotid doppler?'],
    ['ines', 4, 'Tomorrow at nine.'],
    ['me', 2, 'Thank you Inês!'],
  ],
  sam: [
    ['sam', 0, 'Do you have any definite discharges before noon? We have eleven waiting in the department.'],
    ['me', 6, 'Two definite (beds 3 and 8), two possible after bloods.'],
    ['sam', 1, 'You are a star. Transport for bed 3 is booked for 11:30.'],
  ],
  grace: [
    ['grace', 0, 'Quiet so far. Two moves to 7B after midnight, both stable.'],
    ['me', 10, 'Thanks Grace. Resus patient from earlier is worth a look at two.'],
    ['grace', 190, 'Seen, settled, lactate down to 1.4.'],
  ],
  oliver: [
    ['me', 0, 'Could you help with a difficult line on AMU 2 when you are out of theatre?'],
    ['oliver', 47, 'Finishing a case. Twenty minutes.'],
    ['oliver', 33, 'Done, midline in the right arm. Good for four weeks.'],
    ['me', 2, 'You have made our day.'],
  ],
  fatima: [
    ['fatima', 0, 'Feed regime for bed 6 is on the chart. Start at 25 ml an hour and watch phosphate daily.'],
    ['me', 20, 'Will do. Thiamine is prescribed.'],
  ],
  george: [
    ['george', 0, 'Old notes for Mr Ilić have arrived, three volumes. They are at the desk.'],
    ['me', 5, 'Thank you, George.'],
  ],
  wen: [
    ['me', 0, 'Wen, would you be able to see a pleural effusion today? AMU 11, right sided, moderate.'],
    ['wen', 9, 'After my clinic, around four. Coagulation normal?'],
    ['me', 1, 'INR 1.1, platelets 240. Not anticoagulated.'],
    ['wen', 2, 'Then I will bring the ultrasound.'],
  ],
  take: [
    ['sam', 0, 'Morning all. 11 in the department waiting for a bed, 4 of them over six hours.'],
    ['helen', 6, 'Post-take round starts at 08:30 from resus. Please have the list printed.'],
    ['callum', 4, 'List is printed and on the board.'],
    ['wen', 15, 'I will take the two COPD patients straight to Ward 9.'],
    ['me', 3, 'Thanks Wen. NIV machine is with the one in bay 2.'],
    ['asha', 44, 'Coronary care has one bed from two o’clock.'],
    ['helen', 63, 'Good round, thank you everyone. Jobs are on the board, most urgent first.'],
    ['callum', 12, 'CT head for bed 5 is reported: no bleed.'],
    ['helen', 1, 'Excellent. @Maya Lindqvist, please restart his anticoagulation tomorrow.'],
    ['sam', 22, 'Two more referrals coming: a fall from the care home and a possible pyelonephritis.'],
    ['callum', 3, 'I will clerk the fall.'],
  ],
  ward7b: [
    ['tom', 0, '*Night to day handover*\n26 patients, 1 side room free from four.\nBed 4 potassium 6.1 overnight, treated, repeat 5.3.\nBed 9 home today, transport 11:30.\nBed 15 febrile, cultures positive, see microbiology.'],
    ['liam', 18, 'Seeing beds 2, 6 and 11 this morning.'],
    ['priya', 7, 'Discharge drugs for 9 are ready to collect.'],
    ['george', 9, 'Relatives of bed 6 are coming at two and would like to talk to a doctor.'],
    ['me', 4, 'I will see them, please show them to the quiet room.'],
    ['tom', 36, 'Thank you. Falls risk assessments are _all up to date_ as of now.'],
    ['callum', 51, 'Bed 15 had his gentamicin at 10:40, level due at 16:40.'],
  ],
  night: [
    ['grace', 0, 'Handover 21:00 in the seminar room as usual. Bleeps are on the rack.'],
    ['oliver', 8, 'Theatre is busy until about eleven, please call the second on.'],
    ['wen', 4, 'Crash trolley on Ward 9 has been checked and resealed.'],
    ['grace', 380, 'Night summary: 2 cardiac arrest calls (one false), 6 transfers, nobody waiting for review.'],
  ],
  flow: [
    ['sam', 0, 'Capacity at 10:00: 4 medical, 2 surgical, 0 side rooms.'],
    ['ines', 12, '4A can take one stroke patient now.'],
    ['tom', 7, 'Side room on 7B free from four.'],
    ['sam', 2, 'Thank you both. Next update at 13:00.'],
    ['sam', 178, 'Capacity at 13:00: 6 medical, 3 surgical, 1 side room. Out of escalation 🎉'],
  ],
  stewards: [
    ['nadia', 0, 'Reminder: co-amoxiclav is on restricted supply this week. Alternatives are in the app.'],
    ['priya', 25, 'Ward stock has been swapped. Please do not order extra.'],
    ['helen', 61, 'Will mention it on the round.'],
  ],
  stroke: [
    ['ines', 0, 'Thrombolysis call 09:52, door to needle 34 minutes. Well done all.'],
    ['yusuf', 4, 'Perfusion images uploaded.'],
    ['helen', 20, 'Superb. Let us look at it at the Thursday meeting.'],
  ],
};

const other = (name: string): Who => ({ kind: 'other', name });

const ines = other('Inês Carvalho');
const yusuf = other('Yusuf Demir');
const helen = other('Helen Strand');
const liam = other('Liam Byrne');
const oliver = other('Oliver Quist');
const newcomers: Who[] = [{ kind: 'me' }, other('Nadia Haddad')];

interface Announced {
  readonly by: Who | null;
  readonly events: readonly TeamEvent[];
}

/** What had happened to teams before the newest part of their thread: told by themselves, or by whoever did it. */
export const announced: Readonly<Record<string, readonly Announced[]>> = {
  night: [
    { by: null, events: [{ kind: 'created', by: [ines], with: [yusuf, helen] }] },
    { by: null, events: [{ kind: 'added', who: [liam] }] },
    { by: null, events: [{ kind: 'added', who: newcomers }] },
    { by: null, events: [{ kind: 'gone', who: [oliver] }] },
  ],
  stroke: [
    { by: ines, events: [{ kind: 'created', by: [], with: [yusuf, helen] }] },
    { by: ines, events: [{ kind: 'added', who: [liam] }] },
    { by: ines, events: [{ kind: 'added', who: newcomers }] },
    { by: oliver, events: [{ kind: 'left', who: [oliver] }] },
    { by: yusuf, events: [{ kind: 'purpose', text: 'Door to needle under 30 minutes' }] },
  ],
};

/** Short exchanges from which older history is made. */
export const exchanges: readonly (readonly string[])[] = [
  ['Are you around for a quick review?', 'Yes, five minutes.', 'Thank you, bed {n}.'],
  ['Bloods for bed {n} are back, all fine.', 'Great, thanks.'],
  ['Who is on call for endoscopy today?', 'Switchboard says the list is in the usual place.', 'Found it, thanks.'],
  ['Family of bed {n} would like an update this afternoon.', 'I can do three o’clock.', 'Told them, they are grateful.'],
  ['Could you countersign the chart for bed {n}?', 'Done.'],
  ['Drain output for bed {n} is {m} ml since midnight.', 'Thanks. Leave it in one more day.', 'Will do.'],
  ['Is the seminar room free at one?', 'Booked until half past.', 'Half past then.'],
  ['Repeat lactate 1.{n}.', 'Better. Continue the fluids.'],
  ['Transfer letter for bed {n} is done.', 'Perfect, porter is on the way.'],
  ['Has anyone seen the bladder scanner?', 'It is in the treatment room on 7B.', 'You are a hero.'],
  ['MRI for bed {n} moved to tomorrow, sorry.', 'No problem, I will tell the patient.'],
  ['Weight today {m} g below yesterday, furosemide working.', 'Good. Keep the dose.'],
  ['Teaching is cancelled this week.', 'Shame! Next week then.'],
  ['Observations stable, early warning score {s}.', 'Thanks for letting me know.'],
  ['Referral to community nursing is in for bed {n}.', 'Thank you. Then she can go on Friday.'],
  ['The dressing on bed {n} needs changing before the round.', 'On my way.'],
];

/** What colleagues write while the sample runs. */
export const live: readonly string[] = [
  'On my way down now.',
  'Results are back, all within range.',
  'Could you have a look when you get a minute?',
  'Thank you, that helps a lot.',
  'Porter has just left with the patient.',
  'Seen and agreed.',
  'The family has arrived, they are in the quiet room.',
  'I have updated the board.',
];
