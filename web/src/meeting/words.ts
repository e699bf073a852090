// Words of the pages on meetings and supervised tasks, in both languages.
export const zh = {
  meetings: {
    title: '会议', add: '读一份讲话', drop: '把讲话、报告拖到这里，或点击选择', kinds: '文本、HTML、.docx，任何常见编码，至多 16 MB', reading: '正在读取、清洗、找出条目……', day: '会议日期', name: '标题（可不填）',
    empty: '还没有读过讲话。把一份讲话或工作报告拖进来，读出事实、目标、任务和激励，由您逐条确认。', open: '待办', confirmed: '已确认', applied: '已落实', items: '条目', back: '全部会议', original: '原文件', progress: '已办 {done} / {all}',
    confirm: '确认', results: '结果', kind: { fact: '事实', target: '目标', task: '任务', incentive: '激励' },
    state: { proposed: '待办', accepted: '已确认', mended: '已修改', rejected: '已否定', split: '已拆分', joined: '已合并', withdrawn: '已撤回' },
    all: '全部种类', anyState: '全部状态', least: '把握 ≥ {n}%', sure: '读出的把握', link: '关联', linkSure: '关联的把握', byPerson: '人工', noLink: '未关联', history: '历次办理', none: '没有符合条件的条目',
    act: { accept: '确认', reject: '否定', mend: '修改', split: '拆分', join: '合并', undo: '撤销', add: '添加' }, done: '已{act}',
    keys: '快捷键', keyRows: { jk: '下一条 / 上一条', a: '确认', e: '修改', x: '否定', s: '拆分', space: '选入合并', m: '合并选中的', u: '撤销', f: '只看待办', h: '显示快捷键', esc: '关闭' },
    conflict: '别人先办了', reload: '已刷新为最新', splitHelp: '一行一段，须是原文里的话，先后不变', splitBad: '每一行都要在原文里，而且不止一行', joinHelp: '已选 {n} 条；按 M 合并', joinNone: '先按空格选几条同类的条目',
    mendTitle: '修改条目', reason: '说明', quote: '原文', lost: '原文缺失', addFrom: '把选中的文字添加为', history_by: '{by} 于 {at} {act}',
    f: { subject: '主体', indicator: '指标', op: '比较', value: '数值', value_max: '上限', unit: '计量单位', period: '时期', change: '变化', deadline: '期限', action: '事项', owners: '责任单位（用、分开）', cadence: '报送频次', beneficiary: '享受对象', condition: '条件', amount: '金额（元）', rate: '比例（10% 写 0.1）', base: '计算基数', cap: '最高额（元）', link: '关联指标', units: '关联单位', measure: '口径', input: '条件所依据的数据' },
    measure: { level: '数值', added: '新增', growth: '增长', share: '占比' },
    apply: '落实已确认的条目', applyConfirm: '把 {n} 个已确认的条目变成督办事项、责任书条目和政策草案？', appliedNow: '督办事项 {tasks}，责任书条目 {lines}（责任书草稿 {letters} 份），政策草案 {drafts}', left: '{n} 个条目未能落实', nothing: '没有可落实的条目：先确认几条。',
    lines: '责任书条目', drafts: '政策草案', facts: '事实对照', tasks: '督办事项', noResults: '还没有结果。确认条目后，点“落实已确认的条目”。', startsAt: '上年末', target: '目标', passes: '通过检查', fails: '未通过检查', lacks: '待定义', files: '文件', bundle: '下载', cases: '{n} 个案例', said: '讲话', own: '本市', difference: '相差', verdict: { same: '一致', differs: '不一致', unknown: '本市缺数据', unlinked: '未关联', no_period: '时期不明', lost: '原文缺失' }, assumed: '按前文时期', toLetters: '已进入责任书草稿', onlyDiffer: '只看不一致', export: '导出',
  },
  tasks: {
    title: '督办', light: '灯', owner: '责任单位', what: '事项', due: '办结期限', cadence: '报送', remind: '提醒', helpers: '配合', noDue: '未定', all: '全部', open: '在办', dueOnly: '要办的', add: '交办事项', empty: '没有督办事项。会议确认的任务落实后在这里，也可以直接交办。', lights: { red: '红', yellow: '黄', green: '绿' }, closed: '已办结', closedLate: '办结（曾超期）',
    slots: '报送情况', entries: '进展与佐证', report: '报送进展', reportText: '这一期做了什么', evidence: '佐证材料（名称、文号、存放处）', file: '上传佐证', close: '办结', closeText: '办结说明', reopen: '重新打开', late: '迟报', reported: '报送', waiting: '待报', from: '来自会议', guessed: '工作日历尚未包括该年，按周一至周五计', kinds: { progress: '进展', evidence: '佐证', close: '办结', open: '重新打开' }, needEvidence: '办结需要佐证', cadences: { '': '不定期', 每周: '每周', 每月: '每月', 每季度: '每季度', 每半年: '每半年', 每年: '每年' }, done: '已办理', slot: '时期',
  },
}

export const en: typeof zh = {
  meetings: {
    title: 'Meetings', add: 'Read a speech', drop: 'Drop a speech or report here, or click to choose', kinds: 'text, HTML, .docx in any usual encoding, at most 16 MB', reading: 'Reading, cleaning, finding items…', day: 'Day of the meeting', name: 'Title (may be left out)',
    empty: 'No speech has been read yet. Drop one here: its facts, targets, tasks and incentives are found, and you confirm them one by one.', open: 'open', confirmed: 'confirmed', applied: 'applied', items: 'items', back: 'All meetings', original: 'Original file', progress: '{done} of {all} decided',
    confirm: 'Confirm', results: 'Results', kind: { fact: 'Fact', target: 'Target', task: 'Task', incentive: 'Incentive' },
    state: { proposed: 'open', accepted: 'accepted', mended: 'mended', rejected: 'rejected', split: 'split', joined: 'joined', withdrawn: 'withdrawn' },
    all: 'All kinds', anyState: 'All states', least: 'sure ≥ {n}%', sure: 'how sure the reading is', link: 'Link', linkSure: 'how sure the link is', byPerson: 'by a person', noLink: 'not linked', history: 'What was done', none: 'No items like this',
    act: { accept: 'Accept', reject: 'Reject', mend: 'Mend', split: 'Split', join: 'Join', undo: 'Undo', add: 'Add' }, done: 'Done: {act}',
    keys: 'Keys', keyRows: { jk: 'next / previous', a: 'accept', e: 'mend', x: 'reject', s: 'split', space: 'choose for joining', m: 'join the chosen', u: 'undo', f: 'open ones only', h: 'show the keys', esc: 'close' },
    conflict: 'Somebody was faster', reload: 'shown as it is now', splitHelp: 'One part a line, in the words and order of the text', splitBad: 'Every line must stand in the text, and there must be more than one', joinHelp: '{n} chosen; M joins them', joinNone: 'Choose items of one kind with the space bar first',
    mendTitle: 'Mend the item', reason: 'Why', quote: 'The text', lost: 'lost in the copy', addFrom: 'Add the selected text as', history_by: '{by}, {at}: {act}',
    f: { subject: 'Of whom', indicator: 'Indicator', op: 'Comparison', value: 'Value', value_max: 'Up to', unit: 'Measure', period: 'Period', change: 'Change', deadline: 'Deadline', action: 'What', owners: 'Owners (separated by 、)', cadence: 'Cadence', beneficiary: 'For whom', condition: 'Condition', amount: 'Amount (yuan)', rate: 'Rate (0.1 for 10%)', base: 'Of what', cap: 'At most (yuan)', link: 'Linked indicator', units: 'Linked units', measure: 'Measure of', input: 'Figure behind the condition' },
    measure: { level: 'figure', added: 'increase', growth: 'growth', share: 'share' },
    apply: 'Apply what is confirmed', applyConfirm: 'Make supervised tasks, lines of letters and draft policies of {n} confirmed items?', appliedNow: 'Tasks {tasks}, lines {lines} (in {letters} drafts of letters), draft policies {drafts}', left: 'Nothing could be made of {n} items', nothing: 'Nothing to apply: confirm some items first.',
    lines: 'Lines of letters', drafts: 'Draft policies', facts: 'Facts compared', tasks: 'Supervised tasks', noResults: 'No results yet. Confirm items, then apply them.', startsAt: 'End of last year', target: 'Target', passes: 'passes the check', fails: 'does not pass', lacks: 'to be defined', files: 'Files', bundle: 'Download', cases: '{n} cases', said: 'Speech', own: 'City', difference: 'Difference', verdict: { same: 'agrees', differs: 'differs', unknown: 'city lacks it', unlinked: 'not linked', no_period: 'no period', lost: 'lost in the copy' }, assumed: 'period of the text before', toLetters: 'in the drafts of the letters', onlyDiffer: 'only differences', export: 'Export',
  },
  tasks: {
    title: 'Supervision', light: 'Light', owner: 'Owner', what: 'What', due: 'Due', cadence: 'Reports', remind: 'To do', helpers: 'Helpers', noDue: 'none set', all: 'All', open: 'Open', dueOnly: 'To do now', add: 'Give a task', empty: 'No supervised tasks. Tasks confirmed in a meeting come here once applied; one can also be given by hand.', lights: { red: 'red', yellow: 'yellow', green: 'green' }, closed: 'closed', closedLate: 'closed (was late)',
    slots: 'Reports due', entries: 'Progress and evidence', report: 'Report progress', reportText: 'What was done in this period', evidence: 'Evidence (what it is, where it is kept)', file: 'Upload evidence', close: 'Close', closeText: 'Closing note', reopen: 'Open again', late: 'late', reported: 'reported', waiting: 'waiting', from: 'From meeting', guessed: 'The calendar does not know this year yet: Monday to Friday', kinds: { progress: 'progress', evidence: 'evidence', close: 'closed', open: 'opened again' }, needEvidence: 'closing needs evidence', cadences: { '': 'none', 每周: 'weekly', 每月: 'monthly', 每季度: 'quarterly', 每半年: 'half-yearly', 每年: 'yearly' }, done: 'Done', slot: 'Period',
  },
}
