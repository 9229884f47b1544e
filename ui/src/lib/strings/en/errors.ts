import type { CommandError, ConversationKind, FolderProblem, SendFailure } from '../../backend/types';
import { count } from './numbers';

/** An error explained: the event, the data that were kept, the next step. */
export type Explanation = { what: string; kept: string; todo: string };

/** Each error of the contract in plain words. */
export function error(reason: CommandError): Explanation {
  const nothingLost = 'Your messages on this computer are safe.';
  switch (reason.code) {
    case 'addressMalformed':
      return { what: 'That is not a complete address.', kept: '', todo: 'Enter it like name@hospital.example.' };
    case 'passwordEmpty':
      return { what: 'The password is empty.', kept: '', todo: 'Enter your password.' };
    case 'passphraseTooShort':
      return { what: 'The passphrase is too short.', kept: '', todo: 'Use at least 8 characters.' };
    case 'passphraseWrong':
      return { what: 'That passphrase does not open your messages.', kept: nothingLost, todo: 'Check it and try again.' };
    case 'notAuthorised':
      return { what: 'The address or the password is not right.', kept: nothingLost, todo: 'Check both and sign in again.' };
    case 'accountDisabled':
      return { what: 'This account is switched off.', kept: nothingLost, todo: 'Ask your IT service desk to switch it on.' };
    case 'serverNotFound':
      return {
        what: 'No server was found for this address.',
        kept: nothingLost,
        todo: 'Check the part after the @, or enter the server under “Server options”.',
      };
    case 'serverUnreachable':
      return {
        what: 'The server does not answer.',
        kept: nothingLost,
        todo: 'Check that you are on the hospital network, then try again.',
      };
    case 'noNetwork':
      return { what: 'This computer has no network.', kept: nothingLost, todo: 'Connect to the network and try again.' };
    case 'certificateUnknownIssuer':
      return {
        what: 'The server’s identity could not be checked, so nothing was sent to it.',
        kept: nothingLost,
        todo: 'Ask your IT service desk for the hospital’s certificate file and add it under “Server options”.',
      };
    case 'certificateExpired':
      return {
        what: 'The server’s certificate is out of date, so nothing was sent to it.',
        kept: nothingLost,
        todo: 'Check this computer’s date and time. If they are right, tell your IT service desk.',
      };
    case 'certificateWrongName':
      return {
        what: 'The server answered under another name, so nothing was sent to it.',
        kept: nothingLost,
        todo: 'Check the address and the server name. If they are right, tell your IT service desk.',
      };
    case 'notSecure':
      return {
        what: 'A secure connection was not possible, so nothing was sent.',
        kept: nothingLost,
        todo: 'Tell your IT service desk that the server must offer an encrypted connection.',
      };
    case 'extraCaUnusable':
      return {
        what: 'The extra certificate file could not be used.',
        kept: '',
        todo: 'Check the path. The file must hold at least one certificate in PEM form.',
      };
    case 'serverImpostor':
      return {
        what: 'The server could not prove that it knows your account. It may be an impostor.',
        kept: nothingLost,
        todo: 'Do not try again. Tell your IT service desk.',
      };
    case 'noMechanism':
      return {
        what: 'The server offers no safe way to sign in.',
        kept: nothingLost,
        todo: 'Tell your IT service desk.',
      };
    case 'onlyPlain':
      return {
        what: 'This server wants to see your password itself, so nothing was sent to it.',
        kept: nothingLost,
        todo: 'Ask your IT service desk. If they say that this is right, allow it under “Server options”.',
      };
    case 'weakerSignIn':
      return {
        what: 'This server asks for a weaker sign-in than before, so nothing was sent to it. It may be an impostor.',
        kept: nothingLost,
        todo: 'Do not try again. Tell your IT service desk.',
      };
    case 'passwordNeeded':
      return {
        what: 'Your password was changed, or the server’s settings were.',
        kept: 'Everything on this computer stays as it is.',
        todo: 'Sign in again with your password.',
      };
    case 'conflict':
      return {
        what: 'You were signed in somewhere else, and that place took over.',
        kept: nothingLost,
        todo: 'Choose “Connect now” to come back to this computer.',
      };
    case 'serverError':
      return { what: 'The server had a problem.', kept: nothingLost, todo: 'Try again in a minute.' };
    case 'keyringUnavailable':
      return {
        what: 'This computer’s password store is not available.',
        kept: nothingLost,
        todo: 'Unlock it and try again, or protect your messages with a passphrase.',
      };
    case 'keyMissing':
      return {
        what: 'The key to the messages on this computer is gone.',
        kept: 'Your messages are still on the server.',
        todo: 'Sign in again to fetch them anew.',
      };
    case 'storeUnavailable':
      return {
        what: 'The messages on this computer could not be opened or saved.',
        kept: 'Nothing was changed.',
        todo: 'Check that the disk is not full, then try again.',
      };
    case 'storeInUse':
      return {
        what: 'Wardline is already open on this computer.',
        kept: nothingLost,
        todo: 'Use the window that is open, or close it and try again.',
      };
    case 'storeNewer':
      return {
        what: 'The messages on this computer were saved by a newer version of Wardline.',
        kept: 'Nothing was changed.',
        todo: 'Install the newest version, or tell your IT service desk.',
      };
    case 'folderUnusable':
      return folder[reason.problem];
    case 'notSignedIn':
      return { what: 'You are signed out.', kept: '', todo: 'Sign in again.' };
    case 'notFound':
      return { what: 'That is not there any more.', kept: '', todo: 'Choose another chat.' };
    case 'messageEmpty':
      return { what: 'The message is empty.', kept: '', todo: 'Write something first.' };
    case 'messageTooLong':
      return {
        what: `The message is too long: the limit is about ${count.format(reason.limitBytes)} characters.`,
        kept: 'Your text is kept.',
        todo: 'Shorten it or send it in parts.',
      };
    case 'alreadySent':
      return {
        what: 'That message was being sent meanwhile, so it can’t be changed any more.',
        kept: 'Your new text is kept below.',
        todo: 'Send it as a new message if it is still needed.',
      };
    case 'teamsNotOffered':
      return { what: 'The server has no teams.', kept: '', todo: 'Ask your IT service desk whether teams can be switched on.' };
    case 'nameEmpty':
      return { what: 'The team has no name.', kept: '', todo: 'Enter a name by which others know it.' };
    case 'nameTooLong':
      return { what: 'That name is too long.', kept: '', todo: 'Shorten it; what does not fit can go into the purpose.' };
    case 'notAllowed':
      return { what: 'The server does not allow you to do that.', kept: 'Nothing was changed.', todo: 'Ask whoever runs the team.' };
    case 'cancelled':
      return { what: 'That was given up.', kept: 'What was done until then stays.', todo: 'Begin again at any time.' };
    case 'internal':
      return {
        what: 'Something went wrong inside the app.',
        kept: nothingLost,
        todo: `Try again. If it happens again, give your IT service desk this reference: ${reason.reference}.`,
      };
  }
}

/** The problems of the folder in which messages are kept. */
const folder: Record<FolderProblem, Explanation> = {
  notWritable: {
    what: 'Wardline may not write to its folder in your home folder, so it cannot keep messages on this computer.',
    kept: 'Your messages are on the server.',
    todo: 'Tell your IT service desk that your home folder cannot be written to, then try again.',
  },
  full: {
    what: 'This computer’s disk is full, so Wardline cannot keep messages on it.',
    kept: 'Your messages are on the server.',
    todo: 'Delete files that you no longer need, or tell your IT service desk, then try again.',
  },
  notAFolder: {
    what: 'A file stands where Wardline keeps its messages on this computer.',
    kept: 'Nothing was changed.',
    todo: 'Tell your IT service desk to move the file “org.wardline.desktop” or “profile” away, then try again.',
  },
  unreachable: {
    what: 'Wardline cannot reach the folder in which it keeps your messages.',
    kept: 'Your messages are on the server.',
    todo: 'If your home folder is on a network drive, check the network, then try again.',
  },
};

/** The reason why a message was not sent, and the next step. */
export function failed(failure: SendFailure | null, kind: ConversationKind): { what: string; todo: string } {
  const team = kind === 'team';
  switch (failure) {
    case 'recipientUnknown':
      return team
        ? { what: 'Not sent: this team chat does not exist any more.', todo: 'Write to somebody of the team.' }
        : { what: 'Not sent: this person has no account here.', todo: 'Check with them, or choose somebody else.' };
    case 'notAllowed':
    case 'notEntered':
      return team
        ? { what: 'Not sent: this team chat is not open to you.', todo: 'Ask whoever runs it to add you, then try again.' }
        : { what: 'Not sent: you are not allowed to write to this person.', todo: 'Reach them another way.' };
    case 'busy':
      return { what: 'Not sent: the server was too busy, several times.', todo: 'Try again, or reach them another way.' };
    case 'tooLarge':
      return { what: 'Not sent: it is too long for this server.', todo: 'Shorten it or send it in parts.' };
    case 'refused':
    case null:
      return { what: 'Not sent: the server refused it.', todo: 'Try again. If it happens again, tell your IT service desk.' };
  }
}

/** The reason why a message still waits after an attempt; the engine tries again by itself. */
export function delayed(failure: SendFailure): { what: string; todo: string } {
  return failure === 'notEntered'
    ? { what: 'This team chat did not let you in yet.', todo: 'It is tried again by itself.' }
    : { what: 'The server is busy.', todo: 'It is tried again by itself.' };
}
