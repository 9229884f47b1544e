/** What can lie over the main window, one at a time. */
export type Layer =
  | 'switcher'
  | 'newChat'
  | 'newTeam'
  | 'browseTeams'
  | 'settings'
  | 'blocked'
  | 'account'
  | 'signOut'
  | 'shortcuts'
  | 'connection'
  | 'date'
  | 'readers'
  | 'diagnostics';
