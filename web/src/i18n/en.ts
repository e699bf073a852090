import { en as meeting } from '../meeting/words'

export default {
  ...meeting,
  name: 'Kechuang',
  slogan: "A city's science and technology work, in one ledger",
  login: { title: 'Log in', account: 'Account', password: 'Password', submit: 'Log in', hint: 'The accounts of the demo city were printed when it was started', failed: 'Not logged in' },
  nav: { dashboard: 'Dashboard', ranking: 'Rankings', letters: 'Letters', alerts: 'Alerts', assess: 'Assessment', forms: 'Monthly reports', registers: 'Registers', meetings: 'Meetings', tasks: 'Supervision', policies: 'Policies', money: 'Money', documents: 'Documents', audit: 'Audit', logout: 'Log out', skip: 'Skip to content' },
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
    title: 'Monthly reports', due: 'due {day}', late: 'late', upload: 'Upload a sheet', dryRun: 'Check only', submit: 'Submit', approve: 'Approve', return: 'Return', publish: 'Publish', states: { missing: 'not reported', draft: 'draft', submitted: 'submitted', signed: 'signed', returned: 'returned', approved: 'approved', published: 'published' },
    reason: 'Reason', sign: 'Sign', undo: 'Take back', fill: 'Fill in', overview: 'Overview', workbook: 'Workbook to fill in', draft: 'Save a draft', copyLast: 'Copy the last period', copied: '{n} figures of the last period filled in: check each of them',
    pasted: '{n} cells pasted', pasteHint: 'Paste a block from a spreadsheet; Enter and arrows move', clean: 'Nothing to explain: it can be submitted', heldBack: '{n} units cannot be taken yet: see below', refused: 'Must be corrected', explainThese: 'Say why; the words stay with the figure',
    differs: 'differs from what was {step} ({value} then)', arrived: '{n} of {of} reported, {late} late', extend: 'Extend', extended: 'extended', extendedTo: 'until {day} by exception', newDay: 'New last day (year-month-day)', explanation: 'Answer to the soft checks', done: 'Done', choose: 'Choose a sheet (.xlsx or .csv)', reportedBy: 'By', reportedAt: 'At',
  },
  letters: {
    title: 'Letters of responsibility {year}', none: 'No letters for {year} yet. Upload a sheet with a row a target to draft them.', draft: 'draft', amended: 'version {n}', from: 'version {n}, from {day}', document: 'letter (Word)', sign: 'Sign', signed: 'Signed', target: 'Target', weight: 'Weight', progress: 'Progress',
    reached: '{done} reached, {due} expected', words: 'in words, judged at the year’s end', late: 'reported late', versions: 'Versions', version: 'Version {n}', import: 'Upload letters', write: 'Write drafts', columns: 'Columns: 县区 (unit), 指标 (indicator), 目标值 (target), 权重 (weight); and 口径, 比较, 计分方法, 亮灯规则, 内容 where wanted.', freezes: 'Signing freezes the targets; a change later is a version of its own with a reason.', reason: 'Reason (needed for an amendment)',
    measures: { increase: 'more by', growth: 'growth' }, lights: { green: 'green', yellow: 'yellow', red: 'red', unknown: 'unknown' }, short: { green: 'G', yellow: 'Y', red: 'R', unknown: '?' },
  },
  alerts: {
    title: 'Alerts', open: 'Open', none: 'No alerts. After publishing a month, look at it with the button above.', update: 'Look at {period}', updated: '{period}: {opened} opened, {climbed} climbed, {corrected} corrected, {closed} closed', since: 'since {period}', notice: 'summons (Word)', place: '{n}/{of}',
    states: { open: 'open', closed: 'closed', withdrawn: 'withdrawn' }, acts: { open: 'Opened', climb: 'Climbed', correct: 'Corrected', withdraw: 'Withdrawn', close: 'Close', note: 'Note', talk: 'Record the talk', answer: 'Answer' }, ask: { note: 'Say what', talk: 'Who spoke with whom and when, and what was asked', answer: 'Measures, who does them, until when', close: 'Why it ends' },
  },
  assess: {
    live: 'as the figures of now give it', frozen: 'published, version {n} ({at} {by})', none: 'No letters were signed for {year}: there is nothing to assess', publish: 'Publish', published: 'Frozen and published', confirm: 'Freeze and publish the scores of {year}?', again: 'Why it is published again', differs: '{unit}: published {was}, {now} as of now', bonus: 'Bonus', deductions: 'Taken off', ladder: 'Alerts', total: 'Total', grade: 'Grade', rule: 'total =', document: 'results (Word)',
    claims: 'Claims and appeals', noClaims: 'No claims', claim: 'Claim', item: 'Item', matter: 'Matter (of one the highest counts)', evidence: 'Evidence', points: 'Points', accept: 'Accept', reject: 'Reject', reason: 'Reason', filed: 'Filed, waits for a decision', why: 'Where the points come from', actual: 'Actual', method: 'Method', missingRule: 'No figure: what the method gives then', given: 'By decision', beside: 'Beside the targets', alert: 'alert {n}',
    states: { filed: 'waits', accepted: 'accepted', rejected: 'rejected' }, kinds: { item: '{item}', line: 'points for target {item}', appeal: 'appeal {item}' },
  },
  registers: {
    title: 'Registers', key: 'Key', import: 'Import', errors: 'Error workbook', where: 'FEEL condition, for example rd_intensity > 3', record: 'File', versions: 'Changes', children: 'Related', from: 'From', by: 'By', why: 'Why', before: 'Before', after: 'After', apply: 'Write', checkFirst: 'Check', rows: 'rows',
    back: 'Back', edit: 'Change', add: 'New record', save: 'Save', reason: 'Reason', reasonHint: 'Say why; it is kept with the change', explanation: 'Answer to the checks', validFrom: 'Valid from (today when empty)', merge: 'Merge…', mergeInto: 'Into which record (key)', mergeHint: 'Children and references go over to that record, and the old key answers with it from then on; the history stays.', merged: 'Merged, {n} links moved', remove: 'Delete', removeHint: 'No more from today on; the history stays, and it can be brought back. A record that others name cannot go.', removed: 'Deleted', restore: 'Bring back', restored: 'It is back',
    links: 'Links', linksHint: 'what it names, and what names it', outgoing: 'names', incoming: 'named by', through: 'through', role: 'Role', noLinks: 'No links with other records', attachments: 'Attachments', attach: 'Add a file', noAttachments: 'No attachments. Contracts, certificates and evidence belong here.', takeOff: 'Take off', figures: 'Figures', asOf: 'As of a day', asOfNow: 'today', pastDay: 'The file as of {day}', notThen: 'There was no such record on that day', survivor: '"{key}" was merged into this record', more: '{n} more', first: 'first entry', moved: 'change',
    views: 'Views', saveView: 'Save this view', viewName: 'Name of the view', shared: 'for everybody', template: 'Template workbook', held: 'Waiting', heldHint: 'Soft checks hold these rows; with an explanation they become records.', noHeld: 'No row waits for an explanation', explain: 'Explain and write', gone: 'Deleted and merged', noGone: 'Nothing was deleted or merged', into: 'into {key}', warnings: 'Due soon', noWarnings: 'Nothing falls due soon', days: 'in {n} days', overdue: '{n} days ago', today: 'today', due: 'Due', columns: 'Columns', columnsHint: 'Look at each column: the field may be changed; without one the column is left out.', ignored: 'left out', rowExplanation: 'explanation of each row', confirmed: 'Write when it is right', dropHere: 'Choose a file; it is checked before it is written',
  },
  outcome: { rows: 'Rows', added: 'Added', changed: 'Changed', unchanged: 'Unchanged', refused: 'Refused', held: 'Held', dry: 'Checked only, nothing written', problems: 'Problems', cell: 'Cell', found: 'Found', text: 'What', severity: 'Level', levels: { error: 'error', explain: 'explain', warning: 'warning', note: 'note' }, explanation: 'Explanation (held rows are stored with it)' },
  policies: {
    title: 'Policies', run: 'Compute', running: 'Computing…', roster: 'Roster', outcome: 'Outcome', enterprise: 'Enterprise', amount: 'Amount (yuan)', reason: 'Reason', policy: 'Policy', runs: 'Runs', whatif: 'What if', set: 'Parameter', current: 'Now', trial: 'Try',
    compute: 'Show the effect', bounded: 'only bounded by the text', noParameters: 'This policy has no parameters', reset: 'Reset', nothingWritten: 'Tried only, nothing is written', firms: '{n} firms', alsoMoves: 'Also:', difference: 'Difference', upDown: 'up / down', gain_most: 'Gain most', lose_most: 'Lose most', byField: 'by', before: 'Now', after: 'Then', winners: 'Winners', losers: 'Losers', hash: 'Frozen hash', made: 'computed by {by} at {at}', outcomes: { eligible: 'to be paid', not_eligible: 'not eligible', unknown: 'data missing' }, byUnit: 'By county', cuts: 'Cuts', confirmRun: 'Compute and freeze {year} for all enterprises?',
  },
  money: {
    title: 'Payments', batches: 'Batches', ledger: 'Ledger', due: 'To come back', make: 'New batch', noBatches: 'There is no batch yet: make one from a run.', name: 'Name of the batch', allPolicies: 'none chosen: all', skip: 'Leave out what is paid already (nothing is paid twice)',
    counts: '{n} items, {sent} sent, {confirmed} confirmed', cameBack: '{n} came back', publication: 'published {from} to {to}', objections: '{n} objections', objection: 'Objection', note: 'Remark (may be empty)', needsReason: 'Say why', refused: 'This cannot be done', voids: 'After a change, the review, the approval and the publication are void and are done again.', void: 'void',
    apart: 'Who computed or made it neither reviews nor approves; who approved does not pay; who paid does not confirm.', takeOut: 'Take out', object: 'Object', dismiss: 'Dismiss', uphold: 'Uphold, take out', dismissed: 'dismissed', upheld: 'upheld', arrived: 'Arrived', returned: 'Came back',
    state: 'State', accounts: 'Accounts', account: 'Account', debit: 'Debit', credit: 'Credit', balance: 'Balance', lines: 'Lines', clickAccount: 'click an account to see its lines only', noLines: 'No entries', kind: 'What', condition: 'Condition that did not hold', toClaim: 'To claim', claimBack: 'Claim back', dueHint: 'Payments whose conditions did not hold in this year', nothingDue: 'Nothing is to be claimed back',
    states: { made: 'to be reviewed', reviewed: 'reviewed', approved: 'approved', published: 'published', paid: 'paid', settled: 'settled', cancelled: 'cancelled' },
    items: { listed: 'listed', taken_out: 'taken out', sent: 'sent', confirmed: 'arrived', returned: 'came back' },
    steps: { review: 'Review', approve: 'Approve', publish: 'Publish', send: 'Pay', cancel: 'Cancel' },
    did: { compute: 'computed', make: 'made', edit: 'edited', review: 'reviewed', approve: 'approved', publish: 'published', pay: 'paid', cancel: 'cancelled' },
    kinds: { appropriation: 'appropriation', grant: 'grant', grant_taken_back: 'grant taken back', payment: 'payment', return: 'came back', clawback: 'clawback', clawback_received: 'clawback received' },
  },
  calculator: { title: 'Policy calculator', hint: 'Type a few figures and see what you could get. No account; nothing is kept.', compute: 'See what there is', empty: 'Fill in the figures on the left', money: 'for example 1200万元', note: 'For orientation: exclusive groups and budgets are decided by the official run.', link: 'Policy calculator (no account)' },
  entitlement: { title: 'One enterprise', key: 'credit code', empty: 'Enter an enterprise code', total: 'to be paid for {year}', eligible: 'data complete: paid after confirmation and publication', unknown: 'cannot be told until the missing data is there', not_eligible: 'which clause, and by how much' },
  audit: { title: 'Audit', verify: 'Verify the chain', whole: 'whole: {n} events', broken: 'broken from event {seq} on: {why}', seq: 'No.', at: 'Time', actor: 'By', op: 'What', subject: 'Subject', reason: 'Reason', hash: 'Hash', older: 'Older' },
  documents: {
    title: 'Documents', template: 'Kind of document', forUnit: 'Unit', forRecord: 'Key', make: 'Make', publish: 'Publish', published: 'Published', none: 'Nothing was published yet. Make a document, check it, then publish it.', preview: 'Preview (click a figure for its expression and exact value)',
    choose: 'Choose a kind of document; what is made is shown here.', confirmPublish: 'Publishing freezes the document and every figure in it. It can be withdrawn or published again, never changed. Publish?', done: 'Published, edition {n}', edition: 'Edition {n}', day: 'Dated', by: 'By', state: 'State',
    stands: 'Stands', withdrawn: 'Withdrawn', withdraw: 'Withdraw', why: 'Why it is withdrawn', differences: 'Compare with today', same: 'Made now it would say the same', changed: '{n} figures have changed', then: 'Then', now: 'Now', feel: 'Expression', exact: 'Exact value', absent: 'not there', failed: 'This document cannot be made now',
  },
  explain: { title: 'Where this figure comes from', rule: 'Rule', source: 'Source', cell: 'Cell', by: 'By', at: 'At', state: 'State', event: 'Event', unknown: 'unknown' },
}
