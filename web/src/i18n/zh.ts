import { zh as meeting } from '../meeting/words'

export default {
  ...meeting,
  name: '科创',
  slogan: '城市科技工作一本账',
  login: { title: '登录', account: '账号', password: '密码', submit: '登录', hint: '演示城市的账号见启动时的提示', failed: '登录没有成功' },
  nav: { dashboard: '驾驶舱', ranking: '指标排名', forms: '月报', registers: '库', meetings: '会议', tasks: '督办', policies: '政策兑付', audit: '审计', logout: '退出', skip: '跳到正文' },
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
    title: '月报', due: '截止 {day}', late: '迟报', upload: '上传报表', dryRun: '试运行', submit: '提交', approve: '审核通过', return: '退回', publish: '发布', states: { missing: '未报', draft: '草稿', submitted: '已提交', returned: '已退回', approved: '已审核', published: '已发布' },
    reason: '退回原因', explanation: '对疑点的说明', done: '已办理', choose: '选择表格文件（.xlsx 或 .csv）', reportedBy: '报送人', reportedAt: '报送时间',
  },
  registers: { title: '库', key: '编号', import: '导入', errors: '下载错误工作簿', where: 'FEEL 条件，例如 rd_intensity > 3', record: '档案', versions: '历次变更', children: '关联', from: '起', by: '经办', why: '原因', before: '原值', after: '新值', apply: '写入', checkFirst: '检查', rows: '行' },
  outcome: { rows: '行数', added: '新增', changed: '变更', unchanged: '未变', refused: '拒绝', held: '待说明', dry: '试运行，未写入', problems: '问题', cell: '单元格', found: '原文', text: '说明', severity: '级别', levels: { error: '错误', explain: '需说明', warning: '警告', note: '提示' }, explanation: '统一说明（写明后待说明的行可以入库）' },
  policies: {
    title: '政策兑付', run: '测算', running: '正在测算……', roster: '下载名册', outcome: '结论', enterprise: '企业', amount: '金额（元）', reason: '依据或原因', policy: '政策', runs: '历次测算', whatif: '政策模拟', set: '参数', current: '现行值', trial: '调整为',
    compute: '看影响', before: '现行', after: '调整后', winners: '增加的企业', losers: '减少的企业', hash: '固化哈希', made: '{by} 于 {at} 测算', outcomes: { eligible: '可兑付', not_eligible: '不符合', unknown: '缺数据' }, byUnit: '分县区', cuts: '核减', confirmRun: '对 {year} 年度全部企业测算并固化结果？',
  },
  audit: { title: '审计', verify: '校验事件链', whole: '完好：{n} 个事件', broken: '从第 {seq} 个事件起断裂：{why}', seq: '序号', at: '时间', actor: '经办', op: '事项', subject: '对象', reason: '原因', hash: '哈希', older: '更早' },
  explain: { title: '这个数是怎么来的', rule: '算法', source: '来源', cell: '单元格', by: '经办', at: '时间', state: '状态', event: '事件', unknown: '未知' },
}
