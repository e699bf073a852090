import { zh as meeting } from '../meeting/words'

export default {
  ...meeting,
  name: '科创',
  slogan: '城市科技工作一本账',
  login: { title: '登录', account: '账号', password: '密码', submit: '登录', hint: '演示城市的账号见启动时的提示', failed: '登录没有成功' },
  nav: { own: '我的企业', dashboard: '驾驶舱', ranking: '指标排名', letters: '责任书', alerts: '预警', assess: '考核', forms: '月报', registers: '库', meetings: '会议', tasks: '督办', policies: '政策兑付', money: '资金', documents: '文书', audit: '审计', logout: '退出', skip: '跳到正文' },
  common: {
    period: '报告期', year: '年度', unit: '单位', value: '数值', rank: '名次', change: '变化', search: '搜索', export: '导出', all: '全部',
    loading: '正在载入……', retry: '重试', empty: '这里还没有数据', none: '无', yes: '是', no: '否', explain: '点开看来历', close: '关闭', more: '更多', total: '共 {n} 条',
    unknown: '未知', missing: '缺少', problem: '出了问题', previous: '上期', download: '下载', cancel: '取消', confirm: '确定',
  },
  dashboard: {
    title: '全市科技创新驾驶舱', map: '县区地图', ranking: '{name}排名', alerts: '预警', entitlements: '政策兑付', trend: '走势', noAlerts: '这一期没有触发预警的单位',
    noRun: '还没有测算过。到“政策兑付”里测算一次。', eligible: '可兑付', unknown: '缺数据', notEligible: '不符合', amount: '金额', clickMap: '点县区看走势，点数字看来历', of: '共 {n} 个',
    streak: '连续 {n} 期', lastYear: '去年同期', city: '全市', own: '本单位', lacks: '缺 {n} 项',
  },
  ranking: { title: '指标排名', indicator: '指标', tied: '并列', missing: '未报', excluded: '不参加', previousRank: '上期名次', yearAgo: '去年同期', up: '升 {n}', down: '降 {n}', same: '持平', ties: '并列规则', missingRule: '未报规则' },
  forms: {
    title: '月报', due: '截止 {day}', late: '迟报', upload: '上传报表', dryRun: '试运行', submit: '提交', approve: '审核通过', return: '退回', publish: '发布', states: { missing: '未报', draft: '草稿', submitted: '已提交', signed: '已签字', returned: '已退回', approved: '已审核', published: '已发布' },
    reason: '原因', sign: '签字', undo: '撤回一步', fill: '在线填报', overview: '填报情况', workbook: '下载待填表格', draft: '存为草稿', copyLast: '沿用上期', copied: '已填入上期的 {n} 个数，请逐一核对',
    pasted: '已粘贴 {n} 格', pasteHint: '可从电子表格整块粘贴；回车和方向键换格', clean: '没有疑点，可以提交', heldBack: '{n} 个单位还不能收：请看下面的问题', refused: '必须改正', explainThese: '请对下列疑点写明原因，说明随数保存',
    differs: '与{step}的数不同（当时 {value}）', arrived: '已报 {n}/{of}，迟报 {late}', extend: '延期', extended: '已延期', extendedTo: '准予延至 {day}', newDay: '新的截止日（年-月-日）', explanation: '对疑点的说明', done: '已办理', choose: '选择表格文件（.xlsx 或 .csv）', reportedBy: '报送人', reportedAt: '报送时间',
  },
  letters: {
    title: '{year}年目标责任书', none: '{year}年还没有责任书。上传一张表格（一行一个目标）即可起草。', draft: '草稿', amended: '第 {n} 版', from: '第 {n} 版，{day} 起', document: '责任书（Word）', sign: '签订', signed: '已签订', target: '目标', weight: '权重', progress: '进度',
    reached: '完成 {done}，序时 {due}', words: '文字目标，年底评定', late: '迟报', versions: '历次签订与调整', version: '第 {n} 版', import: '上传责任书', write: '写入草稿', columns: '表头：县区、指标、目标值、权重；可加口径（总量、增量、增长）、比较（不低于、不超过）、计分方法、亮灯规则、内容。', freezes: '签订后目标即固定；以后调整须另签一版并说明理由。', reason: '理由（调整时必填）',
    measures: { increase: '新增', growth: '增长' }, lights: { green: '绿灯', yellow: '黄灯', red: '红灯', unknown: '未知' }, short: { green: '绿', yellow: '黄', red: '红', unknown: '？' },
  },
  alerts: {
    title: '预警督导', open: '进行中', none: '没有预警。发布月报后点“更新预警”。', update: '更新预警（{period}）', updated: '{period}：新开 {opened}，升级 {climbed}，更正 {corrected}，解除 {closed}', since: '{period} 起', notice: '约谈通知书（Word）', place: '{n}/{of}',
    states: { open: '进行中', closed: '已解除', withdrawn: '已撤销' }, acts: { open: '立案', climb: '升级', correct: '更正', withdraw: '撤销', close: '结束', note: '说明', talk: '登记约谈', answer: '整改答复' }, ask: { note: '写明情况', talk: '谁于何时约谈了谁，要求是什么', answer: '整改措施、责任人和时限', close: '写明结束的理由' },
  },
  assess: {
    live: '按现有数据试算', frozen: '已公布第 {n} 版（{at} {by}）', none: '{year}年没有签订责任书，无从考核', publish: '公布', published: '已固化并公布', confirm: '固化并公布 {year} 年度考核结果？', again: '重新公布的理由', differs: '{unit}：公布 {was} 分，按现有数据为 {now} 分', bonus: '加分', deductions: '扣分', ladder: '督导扣分', total: '总分', grade: '等次', rule: '总分 =', document: '通报（Word）',
    claims: '加减分与申诉', noClaims: '没有申报', claim: '申报加减分', item: '事项', matter: '事由（同一事由只计最高）', evidence: '依据', points: '分数', accept: '认可', reject: '不认可', reason: '理由', filed: '已申报，待审定', why: '这一分是怎么来的', actual: '实际', method: '计分方法', missingRule: '没有数据，按方法的规定给分', given: '按决定给分', beside: '加减分', alert: '第 {n} 号预警',
    states: { filed: '待审定', accepted: '认可', rejected: '不认可' }, kinds: { item: '{item}', line: '评定第 {item} 项', appeal: '申诉 {item}' },
  },
  registers: {
    title: '库', key: '编号', import: '导入', errors: '下载错误工作簿', where: 'FEEL 条件，例如 rd_intensity > 3', record: '档案', versions: '历次变更', children: '关联', from: '起', by: '经办', why: '原因', before: '原值', after: '新值', apply: '写入', checkFirst: '检查', rows: '行',
    back: '返回', edit: '修改', add: '新增', save: '保存', reason: '原因', reasonHint: '写明原因，与这次变更一起留存', explanation: '对疑点的说明', validFrom: '自何日起有效（默认今天）', merge: '并入…', mergeInto: '并入哪一条记录（编号）', mergeHint: '下级记录和引用都转到那一条，旧编号以后由它应答；历史不变。', merged: '已并入，改接 {n} 处', remove: '删除', removeHint: '自今天起不再有效，历史原样保留，可以恢复。仍被引用的记录不能删除。', removed: '已删除', restore: '恢复', unmerge: '撤销合并', restored: '已恢复',
    links: '联系', linksHint: '它引用的，和引用它的', outgoing: '引用', incoming: '被引用', through: '经由', role: '角色', noLinks: '没有与其他记录的联系', attachments: '附件', attach: '添加附件', noAttachments: '没有附件。合同、证书、佐证材料可以附在这里。', takeOff: '移除', figures: '名下统计', asOf: '回看某一天', asOfNow: '今天', pastDay: '以下是 {day} 的档案', notThen: '那一天还没有这条记录，或者已经不在', survivor: '“{key}”已并入本记录', more: '其余 {n} 项', first: '建档', moved: '变更',
    views: '视图', saveView: '保存当前视图', viewName: '视图名称', shared: '大家可用', template: '下载填报模板', held: '待说明', heldHint: '这些行触发了软性检查，写明原因后入库。', noHeld: '没有等待说明的行', explain: '说明并入库', gone: '已删除与并入', noGone: '没有删除或并入过记录', into: '并入 {key}', warnings: '到期预警', noWarnings: '近期没有到期的事项', days: '还有 {n} 天', overdue: '已过 {n} 天', today: '今天到期', due: '到期日', columns: '列的对应', columnsHint: '逐列核对：系统认出的字段可以改，留空则不导入这一列。', ignored: '不导入', rowExplanation: '逐行说明', confirmed: '核对无误后写入', dropHere: '选择文件，先核对再写入',
  },
  outcome: { rows: '行数', added: '新增', changed: '变更', unchanged: '未变', refused: '拒绝', held: '待说明', dry: '试运行，未写入', problems: '问题', cell: '单元格', found: '原文', text: '说明', severity: '级别', levels: { error: '错误', explain: '需说明', warning: '警告', note: '提示' }, explanation: '统一说明（写明后待说明的行可以入库）' },
  own: { apply: '申请', withdraw: '撤回', needed: '请写明内容', payments: '我的款项', noPayments: '还没有公示或支付给本企业的款项', applications: '我的申请', noApplications: '没有申请；数据缺失或不符合的政策可以在上面申请', record: '我的档案', states: { filed: '在办', accepted: '已受理', refused: '不予受理', withdrawn: '已撤回' }, inbox: '企业申请', accept: '受理', refuse: '不予受理', noneOpen: '没有待答复的申请' },
  policies: {
    rule: '规则', ruleActs: '规则操作', cell: '规则 {rule}，{column}', showTexts: '显示理由列', fixed: '导入的模型', movedFrom: '原为规则 {n}', wasCell: '现行：{text}', moveUp: '规则 {n} 上移', moveDown: '规则 {n} 下移', addRule: '在规则 {n} 之后新增', removeRule: '删除规则 {n}', goneRules: '已删除：', bringBack: '恢复规则 {n}', gridKeys: '方向键、回车移动；Esc 恢复本格；Alt+↑↓ 移动规则，Alt+回车新增，Alt+Delete 删除。', saveTable: '下载决策表', wholeModel: '整个模型（DMN）', takeFile: '上传 CSV 或 DMN', byFile: '按文件“{name}”试算', dropFile: '不用这个文件', mendFirst: '改正左侧标出的问题后显示影响。', changeKinds: { cell: '决策表 {table} 规则 {rule} 第 {column} 列：{before} → {after}', added: '决策表 {table} 规则 {rule}：新增', removed: '决策表 {table} 规则 {rule}：删除', moved: '决策表 {table} 规则 {rule}：移动' },
    title: '政策兑付', run: '测算', running: '正在测算……', roster: '下载名册', outcome: '结论', enterprise: '企业', amount: '金额（元）', reason: '依据或原因', policy: '政策', runs: '历次测算', whatif: '政策模拟', set: '参数', current: '现行值', trial: '调整为',
    compute: '看影响', bounded: '原文只规定上限', noParameters: '这项政策没有可调的参数', reset: '恢复现行', nothingWritten: '只试算，不写入', firms: '{n} 家', alsoMoves: '连带：', difference: '增减', upDown: '增 / 减', gain_most: '增加最多', lose_most: '减少最多', byField: '按', before: '现行', after: '调整后', winners: '增加的企业', losers: '减少的企业', hash: '固化哈希', made: '{by} 于 {at} 测算', outcomes: { eligible: '可兑付', not_eligible: '不符合', unknown: '缺数据' }, byUnit: '分县区', cuts: '核减', confirmRun: '对 {year} 年度全部企业测算并固化结果？',
  },
  money: {
    bank: { list: '银行支付清单', take: '导入银行回单', answer: '银行回单', count: '笔数', sum: '合计（元）', control: '核对码（SM3）', payee: '收款人', account: '收款账号', bank: '开户银行', purpose: '用途', reference: '业务参考号', missing: '缺少{what}', incomplete: '{n} 笔收款信息不全，补齐后才能导出', row: '行', write: '核对无误，写入', outcomes: { confirmed: '到账', returned: '退回', unchanged: '此前已登记', refused: '拒绝' } },
    title: '资金兑付', batches: '兑付批次', ledger: '账簿', due: '应追回', make: '制兑付批次', noBatches: '还没有兑付批次：由一次测算制表。', name: '批次名称', allPolicies: '不选即全部', skip: '略去已列入兑付的项目（不会重复兑付）',
    counts: '{n} 项，已支付 {sent}，已到账 {confirmed}', cameBack: '退回 {n}', publication: '公示 {from} 至 {to}', objections: '异议 {n}', objection: '异议', note: '意见（可不填）', needsReason: '请写明理由', refused: '不能办理', voids: '修改后，已有的复核、审批和公示失效，须重新办理。', void: '已失效',
    apart: '测算、制表的人不能复核审批；审批的人不能支付；支付的人不能确认到账。', takeOut: '取出', object: '登记异议', dismiss: '不采纳', uphold: '采纳并取出', dismissed: '未采纳', upheld: '已采纳', arrived: '到账', returned: '退回',
    state: '状态', accounts: '科目', account: '科目', debit: '借方', credit: '贷方', balance: '余额', lines: '明细', clickAccount: '点科目只看它的明细', noLines: '没有分录', kind: '事项', condition: '未保持的条件', toClaim: '应追回', claimBack: '追回', dueHint: '以下款项的后续条件在这一年没有保持', nothingDue: '没有需要追回的款项',
    states: { made: '待复核', reviewed: '已复核', approved: '已审批', published: '公示', paid: '已支付', settled: '已办结', cancelled: '已作废' },
    items: { listed: '待支付', taken_out: '已取出', sent: '支付中', confirmed: '已到账', returned: '退回' },
    steps: { review: '复核', approve: '审批', publish: '公示', send: '支付', cancel: '作废' },
    did: { compute: '测算', make: '制表', edit: '修改', review: '复核', approve: '审批', publish: '公示', pay: '支付', cancel: '作废' },
    kinds: { appropriation: '资金到位', grant: '审批列支', grant_taken_back: '撤回列支', payment: '支付', return: '退回', clawback: '追回', clawback_received: '追回到账' },
  },
  calculator: { title: '政策计算器', hint: '填几个数，看能享受哪些政策。不用登录，填的数不保存。', compute: '看看能享受什么', empty: '填好左边的数', money: '例如 1200万元', note: '结果供参考：就高不重复、年度预算等以正式测算为准。', link: '政策计算器（不用登录）' },
  entitlement: { title: '一企一策', key: '统一社会信用代码', empty: '输入企业代码', total: '{year} 年度可兑付合计', eligible: '数据齐全，经确认和公示即兑付', unknown: '补上缺的数据才能判断', not_eligible: '哪一条不符合，差多少' },
  audit: { title: '审计', verify: '校验事件链', whole: '完好：{n} 个事件', broken: '从第 {seq} 个事件起断裂：{why}', seq: '序号', at: '时间', actor: '经办', op: '事项', subject: '对象', reason: '原因', hash: '哈希', older: '更早' },
  documents: {
    title: '文书', template: '文书种类', forUnit: '单位', forRecord: '编号', make: '生成', publish: '发布', published: '已发布', none: '还没有发布过文书。生成一份，核对无误后点“发布”。', preview: '预览（点数字看它的算式和原值）',
    choose: '选择文书种类，生成后在这里预览。', confirmPublish: '发布后这份文书连同其中每个数字一起固化，不能再改，只能撤回或另发一版。确定发布？', done: '已发布，第 {n} 版', edition: '第 {n} 版', day: '成文日期', by: '发布人', state: '状态',
    stands: '有效', withdrawn: '已撤回', withdraw: '撤回', why: '撤回的理由', differences: '与现在比较', same: '与现在的数据一致', changed: '{n} 处数字已变', then: '发布时', now: '现在', feel: '算式', exact: '原值', absent: '没有', failed: '这份文书现在做不出来',
  },
  explain: { title: '这个数是怎么来的', rule: '算法', source: '来源', cell: '单元格', by: '经办', at: '时间', state: '状态', event: '事件', unknown: '未知' },
}
