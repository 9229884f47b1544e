import type { Person, Presence } from '../types';
import { Query, Words } from '../../names/names';

/** A member of the sample hospital's staff. All invented. */
export type Member = { key: string; person: Person; presence: Presence };

function member(
  key: string,
  name: string,
  role: string,
  ward: string,
  presence: Presence,
  colour: number,
  picture: boolean,
): Member {
  const initials = name
    .replace(/^Dr /, '')
    .split(' ')
    .map((part) => part.charAt(0))
    .slice(0, 2)
    .join('');
  return { key, presence, person: { name, role, ward, avatar: { initials, colour, picture: picture ? `face-${key}` : null }, resembles: null } };
}

export const me = member('maya', 'Maya Lindqvist', 'Medical registrar', 'Acute medical unit', 'available', 7, true);

export const staff: readonly Member[] = [
  member('asha', 'Asha Verma', 'Cardiology registrar', 'Coronary care', 'available', 0, true),
  member('tom', 'Tom Okafor', 'Charge nurse', 'Ward 7B', 'available', 1, true),
  member('priya', 'Priya Nair', 'Clinical pharmacist', 'Pharmacy', 'away', 2, true),
  member('callum', 'Callum Reid', 'Foundation doctor', 'Ward 7B', 'available', 3, false),
  member('helen', 'Helen Strand', 'Consultant physician', 'Acute medical unit', 'doNotDisturb', 4, true),
  member('yusuf', 'Yusuf Demir', 'Radiology registrar', 'Imaging', 'available', 5, true),
  member('grace', 'Grace Mensah', 'Night site manager', 'Operations', 'offline', 6, false),
  member('liam', 'Liam Byrne', 'Physiotherapist', 'Ward 7B', 'available', 8, true),
  member('nadia', 'Nadia Haddad', 'Microbiologist', 'Laboratory', 'away', 9, true),
  member('oliver', 'Oliver Quist', 'Anaesthetist', 'Theatres', 'doNotDisturb', 10, false),
  member('ines', 'Inês Carvalho', 'Stroke nurse', 'Ward 4A', 'available', 11, true),
  member('sam', 'Sam Whitlock', 'Bed coordinator', 'Operations', 'available', 3, true),
  member('fatima', 'Fatima Rahimi', 'Dietitian', 'Therapies', 'offline', 0, false),
  member('george', 'George Papadakis', 'Ward clerk', 'Ward 7B', 'offline', 5, true),
  member('wen', 'Wen Li', 'Respiratory registrar', 'Ward 9', 'available', 1, false),
  // Nobody of these has a conversation yet.
  member('imogen', 'Imogen Hale', 'Haematology registrar', 'Day unit', 'available', 6, false),
  member('arjun', 'Arjun Mehta', 'Emergency physician', 'Emergency department', 'away', 8, false),
];

/** The staff that a search finds: every word begins one of the name, role, ward or address; names first. */
export function colleagues(text: string): readonly Member[] {
  const query = new Query(text);
  const fits = staff.map((one) => {
    const { name, role, ward } = one.person;
    return { one, fit: query.fit({ name: new Words(name), about: new Words(`${role ?? ''} ${ward ?? ''} ${one.key}@stalban.example`) }) };
  });
  const found = fits.filter(({ fit }) => !query.isEmpty && fit !== null);
  return [...found.filter(({ fit }) => fit !== 'about'), ...found.filter(({ fit }) => fit === 'about')].map(({ one }) => one);
}

/** A member by key. */
export function staffMember(key: string): Member {
  const found = staff.find((one) => one.key === key);
  if (found === undefined) throw new RangeError(`nobody is called ${key}`);
  return found;
}

const givenNames = ['Amara', 'Ben', 'Chloe', 'Dev', 'Elif', 'Farid', 'Gwen', 'Hana', 'Ivan', 'Jonas', 'Kira', 'Lena', 'Milo', 'Nora', 'Omar', 'Pia'];
const familyNames = ['Adeyemi', 'Brandt', 'Costa', 'Doyle', 'Eriksen', 'Fraser', 'Gupta', 'Hughes', 'Ivanov', 'Jansen', 'Khan', 'Larsen', 'Moreau'];
const roles = ['Staff nurse', 'Healthcare assistant', 'Foundation doctor', 'Surgical registrar', 'Porter', 'Midwife', 'Radiographer'];
const presences: readonly Presence[] = ['available', 'offline', 'offline', 'away', 'available', 'doNotDisturb', 'offline'];

/** Colleagues without end, for long lists: the same one for the same number. */
export function colleague(index: number): Member {
  const given = givenNames[index % givenNames.length] ?? '';
  const family = familyNames[Math.floor(index / givenNames.length) % familyNames.length] ?? '';
  const round = Math.floor(index / (givenNames.length * familyNames.length));
  const name = round === 0 ? `${given} ${family}` : `${given} ${String.fromCharCode(64 + round)}. ${family}`;
  const presence = presences[index % presences.length] ?? 'offline';
  return member(`colleague${String(index)}`, name, roles[index % roles.length] ?? '', `Ward ${String(1 + (index % 20))}`, presence, index % 12, false);
}
