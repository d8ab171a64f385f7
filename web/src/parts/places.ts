// Where one can go.
export const places = [
  {to: '/', name: 'Inbox', icon: 'inbox', keys: 'g i'},
  {to: '/runs', name: 'All runs', icon: 'list', keys: 'g d'},
  {to: '/new', name: 'New run', icon: 'plus', keys: 'g n'},
  {to: '/workflows', name: 'Workflows', icon: 'flow', keys: 'g w'},
  {to: '/locks', name: 'Locks', icon: 'lock', keys: 'g l'},
  {to: '/calendars', name: 'Calendars and stops', icon: 'calendar', keys: 'g c'},
  {to: '/deliveries', name: 'Notifications', icon: 'mail', keys: undefined},
  {to: '/plugins', name: 'Plugins', icon: 'plug', keys: 'g p'},
  {to: '/numbers', name: 'Numbers', icon: 'chart', keys: 'g m'},
  {to: '/system', name: 'System', icon: 'pulse', keys: 'g s'},
] as const
