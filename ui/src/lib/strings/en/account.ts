import type { Area } from '../catalogue';

/** Signing in and out, and the screens around it. */
export const account = {
  signIn: {
    title: 'Sign in',
    lead: 'Use your hospital chat account.',
    address: 'Address',
    addressHint: 'name@hospital.example',
    password: 'Password',
    show: 'Show password',
    hide: 'Hide password',
    options: 'Server options',
    optionsHint: 'Only needed if your IT service desk gave you a server name or a certificate.',
    host: 'Server name',
    port: 'Port',
    portHint: 'Empty: the usual one',
    security: 'Encryption',
    directTls: 'From the start (direct TLS)',
    startTls: 'After greeting (STARTTLS)',
    extraCa: 'Extra certificate file',
    extraCaHint: '/path/to/hospital-ca.pem',
    plain: 'Let the server see the password',
    plainHint:
      'Only if your IT service desk says so. The server, and whoever stands in its place, then learns your password, and this computer keeps it, encrypted.',
    submit: 'Sign in',
    busy: 'Signing in…',
    keyTitle: 'Where should the key to your messages be kept?',
    keyText:
      'Messages on this computer are always encrypted. The key normally lives in this computer’s password store, which is not available. You can protect your messages with a passphrase instead; you will be asked for it each time the app starts.',
    passphrase: 'Passphrase',
    passphraseAgain: 'Passphrase again',
    passphraseHint: 'At least 8 characters. It cannot be recovered.',
    passphraseMismatch: 'The two passphrases are not the same.',
    keyRetry: 'Try the password store again',
    keySubmit: 'Use passphrase and sign in',
    portBad: 'The port must be a number from 1 to 65535.',
    secure: 'Encrypted on the way and on this computer',
    points: ['See at once who is asking and from where', 'Know whether your message was seen', 'Nothing readable left on a shared computer'],
  },

  notice: {
    databaseMovedAside: {
      title: 'Some local data was damaged',
      text: 'It was moved aside, not deleted. Your messages are being fetched from the server again.',
    },
    formerMessagesSealed: {
      title: 'Messages kept on this computer stay locked',
      text: 'They belong to another account, or to a former password of yours. Your messages are being fetched from the server again.',
    },
    close: 'Close',
  },

  locked: {
    title: 'Your messages are locked',
    text: 'Enter the passphrase that protects the messages on this computer.',
    passphrase: 'Passphrase',
    submit: 'Unlock',
    busy: 'Unlocking…',
  },

  blocked: { title: 'Your messages could not be opened', retry: 'Try again', busy: 'Trying…' },

  account: { title: 'Your account', signOut: 'Sign out…' },

  signOut: {
    title: 'Sign out of Wardline?',
    keep: 'Keep my messages on this computer',
    keepText: 'They stay encrypted and are there when you sign in again. Choose this on a computer that is yours.',
    wipe: 'Remove everything from this computer',
    wipeText: 'Messages and key are destroyed here. They stay on the server. Choose this on a shared computer.',
    waiting: 'Messages that are still waiting to be sent, and drafts, are removed too.',
    submitKeep: 'Sign out',
    submitWipe: 'Sign out and remove',
    busy: 'Signing out…',
    cancel: 'Stay signed in',
  },
} satisfies Area;
