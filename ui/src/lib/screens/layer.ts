/** What can lie over the main window, one at a time. */
export type Layer =
  | 'switcher'
  | 'newChat'
  | 'newTeam'
  | 'browseTeams'
  | 'settings'
  | 'account'
  | 'signOut'
  | 'shortcuts'
  | 'connection'
  | 'date'
  | 'readers'
  | 'diagnostics';
