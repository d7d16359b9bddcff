"""Every fixed sentence of the terminal client."""

from __future__ import annotations

GREETING = "话术 · 客户经理的合规话术助手"
ABOUT = "把客户的原话发给我，我给您已获批的应对话术；也可以查产品、核对能不能卖、查规定。"
TRY = "可以这样说"
EXAMPLES = (
    "客户说手续费太贵了",
    "安和稳盈90天的管理费",
    "给KH100023推荐产品",
    "检查：这款产品绝对不会亏",
)
TOOLBAR = "数字选按钮 · Ctrl-D 退出 · 输入 帮助 看用法"
PLACEHOLDER = "客户怎么说？"
USAGE = (
    ("选按钮", "答复下面有编号时，只输入数字再回车。"),
    ("多行", "可以整段粘贴，回车一起发出。"),
    ("找回", "↑ ↓ 翻看说过的话，Ctrl-R 搜索。"),
    ("停下", "Ctrl-C 取消正在输入的一行，或不再等答复。"),
    ("离开", "Ctrl-D，或输入 退出。"),
)
WAITING = "正在准备答复…"
CHECKING = "正在看助手是否就绪…"
PRESSED = "按下：{title}"
STOPPED = "已不再等待，可以接着输入。"
GOODBYE = "再见。"
HELP_WORDS = frozenset({"帮助", "help", "?", "？"})
LEAVE_WORDS = frozenset({"退出", "exit", "quit"})

# What goes wrong on the way to the assistant.
NOT_RUNNING = "助手没有在运行（端口{port}）。请先在另一个窗口运行 make run；已经运行了，就等它就绪后再试。"
CUT_OFF = "和助手的连接断了，这句话可能没有送到。请看一下运行 make run 的窗口，再发一次。"
WRONG_TOKEN = (
    "内部令牌不对：本窗口用的是{path}，正在运行的助手用的是另一个。请在同一个目录里运行 make run 和 make chat。"
)
NO_TOKEN = "读不了内部令牌{path}。请检查这个文件是否属于您、是否完整。"
TOO_SLOW = "等了{seconds}秒没有收到答复。请再发一次；一直如此请看{log}里的日志。"
REFUSED = "助手没有接受这次请求（HTTP {status}）。请再发一次；一直如此请看{log}里的日志。"
UNREADABLE = "收到的答复读不懂。请确认端口{port}上运行的是话术，并且和本窗口是同一个版本。"
NOT_READY = "助手还没有完全就绪：{parts}。可以先发，答不了时请稍等再试。"
PARTS = {"model": "识别模型", "actions": "动作服务", "database": "数据库", "corpus": "语料", "canary": "试答"}

# Labels on the cards.
POSITION = "第 {position}/{total} 条"
DISCLOSURES = "必须告知"
NOTE = "提示"
NOTE_PREFIX = "只给您看："
BASIS = "依据"
UNCONFIRMED = "待合规确认"
CURE = "办法"
DUTY = "必须做"
DECISION = "适当性核对"
TIER = "等级"
COMPARISON = "产品比较"
ALL_THE_SAME = "都是"
PHRASE_CHECK = "话术检查"
PROBLEM = "问题"
LIKEST = "相近例句"
ALTERNATIVE = "可以说"
REASON = "理由"
BROKEN_BLOCK = "答复里有一块内容不完整，显示不了（{type}）。其余内容照常。"

CHANNELS = {"in_person": "面谈用", "phone": "电话用", "message": "微信、短信用"}

# Role-play.
PRACTICE = "对练"
CLIENT = "客户"
THE_CLIENT = "客户"
YOU = "您"
ON_THE_TABLE = "可介绍"
PASSES = "及格"
PASS_MARK = "{mark}分，且没有一句不合规"
EXCHANGES = "；一共{count}个回合"
SCORE = "这一句：{overall}分（满分5分）"
WRONG_FACT = "• {label}：您说{stated}，登记的是{recorded}"
REPORT = "对练报告"
PASSED = "通过"
NOT_PASSED = "没有通过"
OF_PASS_MARK = "  {score}分（及格{mark}分）"
TREND = "近几次"
IMPROVE = "下次先改这几处"
TRANSCRIPT = "全部对话（绿：得分的话，红：不能说的话）"
