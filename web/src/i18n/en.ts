import { en as meeting } from '../meeting/words'

export default {
  ...meeting,
  name: 'Kechuang',
  slogan: "A city's science and technology work, in one ledger",
  login: { title: 'Log in', account: 'Account', password: 'Password', submit: 'Log in', hint: 'The accounts of the demo city were printed when it was started', failed: 'Not logged in' },
  nav: { dashboard: 'Dashboard', ranking: 'Rankings', forms: 'Monthly reports', registers: 'Registers', meetings: 'Meetings', tasks: 'Supervision', policies: 'Policies', audit: 'Audit', logout: 'Log out', skip: 'Skip to content' },
  common: {
    period: 'Period', year: 'Year', unit: 'Unit', value: 'Value', rank: 'Rank', change: 'Change', search: 'Search', export: 'Export', all: 'All',
    loading: 'Loading…', retry: 'Try again', empty: 'Nothing here yet', none: 'none', yes: 'yes', no: 'no', explain: 'Where it comes from', close: 'Close', more: 'More', total: '{n} in all',
    unknown: 'unknown', missing: 'Missing', problem: 'Something went wrong', previous: 'Before', download: 'Download', cancel: 'Cancel', confirm: 'OK',
  },
  dashboard: {
    title: "The city's innovation at a glance", map: 'Map of counties', ranking: 'Ranking: {name}', alerts: 'Alerts', entitlements: 'Entitlements', trend: 'Trend', noAlerts: 'No unit is called in for this period',
    noRun: 'Nothing has been computed yet. Make a run under Policies.', eligible: 'to be paid', unknown: 'data missing', notEligible: 'not eligible', amount: 'Amount', clickMap: 'Click a county for its trend, a figure for its origin', of: 'of {n}',
    streak: '{n} periods running', lastYear: 'a year ago', city: 'City', own: 'Own unit', lacks: '{n} missing',
  },
  ranking: { title: 'Rankings', indicator: 'Indicator', tied: 'tied', missing: 'not reported', excluded: 'excluded', previousRank: 'Rank before', yearAgo: 'A year ago', up: 'up {n}', down: 'down {n}', same: 'same', ties: 'Ties', missingRule: 'Missing' },
  forms: {
    title: 'Monthly reports', due: 'due {day}', late: 'late', upload: 'Upload a sheet', dryRun: 'Check only', submit: 'Submit', approve: 'Approve', return: 'Return', publish: 'Publish', states: { missing: 'not reported', draft: 'draft', submitted: 'submitted', returned: 'returned', approved: 'approved', published: 'published' },
    reason: 'Reason for returning', explanation: 'Answer to the soft checks', done: 'Done', choose: 'Choose a sheet (.xlsx or .csv)', reportedBy: 'By', reportedAt: 'At',
  },
  registers: { title: 'Registers', key: 'Key', import: 'Import', errors: 'Error workbook', where: 'FEEL condition, for example rd_intensity > 3', record: 'File', versions: 'Changes', children: 'Related', from: 'From', by: 'By', why: 'Why', before: 'Before', after: 'After', apply: 'Write', checkFirst: 'Check', rows: 'rows' },
  outcome: { rows: 'Rows', added: 'Added', changed: 'Changed', unchanged: 'Unchanged', refused: 'Refused', held: 'Held', dry: 'Checked only, nothing written', problems: 'Problems', cell: 'Cell', found: 'Found', text: 'What', severity: 'Level', levels: { error: 'error', explain: 'explain', warning: 'warning', note: 'note' }, explanation: 'Explanation (held rows are stored with it)' },
  policies: {
    title: 'Policies', run: 'Compute', running: 'Computing…', roster: 'Roster', outcome: 'Outcome', enterprise: 'Enterprise', amount: 'Amount (yuan)', reason: 'Reason', policy: 'Policy', runs: 'Runs', whatif: 'What if', set: 'Parameter', current: 'Now', trial: 'Try',
    compute: 'Show the effect', before: 'Now', after: 'Then', winners: 'Winners', losers: 'Losers', hash: 'Frozen hash', made: 'computed by {by} at {at}', outcomes: { eligible: 'to be paid', not_eligible: 'not eligible', unknown: 'data missing' }, byUnit: 'By county', cuts: 'Cuts', confirmRun: 'Compute and freeze {year} for all enterprises?',
  },
  audit: { title: 'Audit', verify: 'Verify the chain', whole: 'whole: {n} events', broken: 'broken from event {seq} on: {why}', seq: 'No.', at: 'Time', actor: 'By', op: 'What', subject: 'Subject', reason: 'Reason', hash: 'Hash', older: 'Older' },
  explain: { title: 'Where this figure comes from', rule: 'Rule', source: 'Source', cell: 'Cell', by: 'By', at: 'At', state: 'State', event: 'Event', unknown: 'unknown' },
}
