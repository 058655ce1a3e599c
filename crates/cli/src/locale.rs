//! The language of messages, and the help in Chinese.

use clap::CommandFactory;
use clap::error::{ContextKind, ErrorKind};
use dossier_model::Lang;

use crate::args::Args;

/// The language: `--lang`, else the locale. It is looked for before the arguments are parsed,
/// since the parser's own help depends on it.
pub fn lang_of(args: impl Iterator<Item = String>) -> Lang {
    let args: Vec<String> = args.collect();
    let stated = args.iter().enumerate().find_map(|(at, arg)| match arg.as_str() {
        "--lang" => args.get(at + 1).cloned(),
        arg => arg.strip_prefix("--lang=").map(str::to_owned),
    });
    let locale = || {
        let named = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok());
        named.into_iter().find(|value| !value.is_empty()).unwrap_or_default()
    };
    Lang::from_locale(&stated.unwrap_or_else(locale))
}

/// The parser with its help in `lang`.
pub fn command(lang: Lang) -> clap::Command {
    let command = Args::command();
    if lang == Lang::En { command } else { chinese(command, "dossier") }
}

/// Says what is wrong with what was typed, or shows the help that was asked for, and ends.
pub fn exit(error: clap::Error, lang: Lang) -> ! {
    match (lang, wrong(&error)) {
        (Lang::Zh, Some(wrong)) => {
            eprintln!("错误：{wrong}");
            if let Some(usage) = error.get(ContextKind::Usage) {
                eprintln!("\n{}", usage.to_string().replacen("Usage: ", "用法：", 1).trim_end());
            }
            eprintln!("\n详细说明请用 --help");
            std::process::exit(error.exit_code())
        }
        _ => error.exit(),
    }
}

/// What is wrong with what was typed, in Chinese; nothing where nothing is, or the parser's own words have
/// to do.
fn wrong(error: &clap::Error) -> Option<String> {
    let said = |kind| error.get(kind).map(ToString::to_string);
    let meant = |kind| said(kind).map_or(String::new(), |meant| format!("；是否指 {meant}？"));
    let arg = said(ContextKind::InvalidArg);
    Some(match error.kind() {
        ErrorKind::UnknownArgument => {
            format!("无法识别的参数 {}{}", arg?, meant(ContextKind::SuggestedArg))
        }
        ErrorKind::InvalidSubcommand => {
            let named = said(ContextKind::InvalidSubcommand)?;
            format!("没有名为 {named} 的命令{}", meant(ContextKind::SuggestedSubcommand))
        }
        ErrorKind::MissingRequiredArgument => format!("缺少参数 {}", arg?),
        ErrorKind::ArgumentConflict => {
            format!("{} 不能与 {} 同用", arg?, said(ContextKind::PriorArg).unwrap_or_default())
        }
        ErrorKind::InvalidValue => {
            let valid =
                said(ContextKind::ValidValue).map_or(String::new(), |valid| format!("；可用：{valid}"));
            match said(ContextKind::InvalidValue).filter(|value| !value.is_empty()) {
                Some(value) => format!("{} 的值 {value} 无效{valid}", arg?),
                None => format!("{} 后缺少值{valid}", arg?),
            }
        }
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error).map_or(String::new(), |why| format!("：{why}"));
            format!("{} 的值 {} 无效{why}", arg?, said(ContextKind::InvalidValue).unwrap_or_default())
        }
        _ => return None,
    })
}

const TEMPLATE: &str = "{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";

fn chinese(command: clap::Command, path: &str) -> clap::Command {
    let mut command = command.help_template(TEMPLATE).subcommand_help_heading("命令");
    command = command.disable_help_subcommand(true).disable_help_flag(true).arg(
        clap::Arg::new("help")
            .short('h')
            .long("help")
            .action(clap::ArgAction::Help)
            .help("显示帮助")
            .help_heading("选项"),
    );
    if path == "dossier" {
        let version = clap::Arg::new("version").short('V').long("version");
        let version = version.action(clap::ArgAction::Version).help("显示版本").help_heading("选项");
        command = command.disable_version_flag(true).arg(version);
    }
    if let Some(about) = text(path) {
        command = command.about(about).long_about(None);
    }
    command = command.mut_args(|arg| {
        let heading = if arg.is_positional() { "参数" } else { "选项" };
        let arg = arg.help_heading(heading).hide_possible_values(false);
        match text(&format!("--{}", arg.get_id())) {
            Some(help) => arg.help(help).long_help(None),
            None => arg,
        }
    });
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    for name in names {
        let path = format!("{path} {name}");
        command = command.mut_subcommand(name, |subcommand| chinese(subcommand, &path));
    }
    command
}

/// The Chinese help of a command, by its path, or of an argument, by `--` and its name.
fn text(key: &str) -> Option<&'static str> {
    Some(match key {
        "dossier" => "卷宗：信访来信档案库。读取扫描件和登记表，并能重新找到它们",
        "dossier ingest" => "把文件和文件夹导入档案库",
        "dossier search" => "用信中的任意字句查找",
        "dossier show" => "显示一件：字段、分类及理由、来源",
        "dossier similar" => "查找与一件信、一段文字或一个文本文件相似的旧件",
        "dossier person" => "此人是否来过信、当时如何答复",
        "--who" => "姓名、身份证号或电话，须完整",
        "--reason" => "理由，留存备查",
        "dossier correct" => "更正一件；更正不会被以后的运行覆盖",
        "dossier corrections" => "列出人工更正，或撤回其中一项",
        "--set" => "字段=值，作为唯一的值；等号后为空则没有值",
        "--category" => "分类，自一级写起，如 城乡建设/征地拆迁；前面加“维度=”可指定其他维度",
        "--begins" => "从这一页起是另一封信",
        "--joins" => "这一页不是另一封信的开头，接上一页",
        "--belongs_to" => "此扫描件属于登记表的这一行（件的编号）",
        "--alone" => "此扫描件不属于任何登记行",
        "--note" => "理由",
        "--withdraw" => "撤回第几号更正",
        "dossier export" => "导出全部件，每行一个 JSON",
        "dossier index" => "维护检索索引",
        "dossier index rebuild" => "依目录库重建索引",
        "dossier digest" => "输出档案库摘要：内容相同则摘要相同",
        "dossier status" => "档案库现状：藏量、上次运行、隔离和待办",
        "dossier runs" => "列出历次运行，或显示其中一次的报告",
        "dossier run" => "执行管线的夜间任务：导入、报告、通知",
        "--job" => "管线（其文件夹中有 nightly.toml），或任务文件的路径",
        "--now" => "不受任务允许时段的限制",
        "--watch" => "持续运行：新到的文件稳定后即导入",
        "--events" => "不显示进度，在标准错误逐行输出 JSON 事件",
        "dossier log" => "显示一次运行的日志，个人信息已遮盖",
        "dossier want" => "指定优先识别的文件或件，下次运行时先识别",
        "--wanted" => "文件、文件夹或件的编号；不写则列出已指定的",
        "--no_more" => "不再优先",
        "--fonds" => "优先识别这些全宗的扫描件，按所列顺序：文件夹名或档号以全宗号开头",
        "dossier retry" => "重试未能导入的文件，或重新识别旧模型识别过的页",
        "--ocr_older_than" => {
            "改为重新识别旧模型或旧程序识别过的页：installed 指凡不是现有模型和程序识别的；日期指该日之前的运行所识别的"
        }
        "dossier undo" => "撤销一次运行：它带来的内容一并移出",
        "dossier withdraw" => "依令撤出一件：不再显示其任何内容，只留撤出记录",
        "--by" => "谁下的命令，留存备查",
        "dossier quarantine release" => "认定一个文件无法补救：照常计数列名，不再作为问题报告",
        "--run" => "第几次运行",
        "dossier report" => "写出一次运行的晨报：独立网页、数据或一行摘要",
        "--html" => "写成独立网页，存为此文件",
        "--subject" => "输出一行，供邮件标题使用",
        "dossier quarantine" => "列出未能导入的文件，并可重试",
        "dossier quarantine list" => "列出最近一次见到时未能导入的文件",
        "dossier quarantine show" => "显示其中一个：原因、办法、首次和最近见到的时间、重试命令",
        "dossier quarantine retry" => "重新导入：指定的，或所有仍在原处的",
        "--path" | "--paths" => "文件路径，或路径的末尾部分",
        "--plan" => "只说明哪些是新的、变化的、未变的、已不在的，以及大约用时，不作任何改动",
        "dossier verify" => "检查原件、目录库、索引和审计有无损坏",
        "--sample" => "只读取 N 分之一的原件和读出内容：每天换一份，N 天查遍",
        "dossier backup" => "备份档案库：只复制新增部分，运行进行中也可备份",
        "--to" => "备份文件夹：新的，或以前的备份",
        "dossier restore" => "从备份恢复档案库",
        "--backup" => "备份文件夹",
        "dossier audit" => "维护审计记录",
        "dossier audit verify" => "逐行检查审计链，指出第一处断裂",
        "dossier fields" => "说明信中字段从何而来，并测试提取字段的模式",
        "dossier fields explain" => "逐一说明信中或一段文字中找到的值：在何处、为何采用或不采用",
        "dossier fields test" => "运行模式旁的案例",
        "dossier rules" => "检查、测试、解释、比较分类规则",
        "dossier rules check" => "列出管线文件的全部问题：文件、行号、建议",
        "dossier rules test" => "运行规则旁的例句和案例，或与人工分类的登记表比较",
        "dossier rules explain" => "说明一件信或一段文字为何如此分类",
        "dossier rules diff" => "换用其他规则会有多少件改变分类、从哪到哪；不改动任何内容",
        "dossier rules suggest" => "从人工分类的信件中提出候选词，写成供人阅读修改的规则文件",
        "dossier rules coverage" => "哪些规则从不起作用、哪些单独起决定作用、哪些信没有规则命中",
        "dossier reclassify" => "按改动后的规则重新分类，不重新读取；可撤销",
        "--labelled" => "人工分类过的登记表",
        "--label_column" => "人工分类所在列的表头",
        "--what" => "件的编号、一段文字（或文本文件）",
        "--most" => "每类最多多少个词",
        "--undo" => "撤销上一次重新分类",
        "--orphans" => "列出没有登记行的信件，以及没有信件原文的登记行",
        "--scans" => "列出扫描质量欠佳的页及其测量值",
        "--split" => {
            "按什么把文件分成一封封信：auto 自动、never 不分、separator 按分隔页、every:页数；默认依管线"
        }
        "--review" => "列出需要人工核对分件、或页数与卷内目录不符的文件",
        "--declared" => "与 --gaps 同用：把移交清册或校验值清单与实际收到的文件逐一核对，不再列缺号",
        "--gaps" => "列出信访编号、档号中的缺号",
        "dossier registers" => "登记表各列的含义：查看和指定",
        "dossier registers inspect" => "说明登记表的表头在哪一行、各列对应什么字段、依据是什么",
        "dossier registers save" => "指定各列的含义；写入管线，以后读取此登记表时使用",
        "--workbook" => "登记表文件",
        "--columns" => "表头=字段；字段可用任一名称，“-”表示没有对应字段",
        "dossier ocr" => "识别一个扫描件：文本、JSON、hOCR、ALTO 或可检索 PDF",
        "--file" => "扫描件；输出内容不作遮盖",
        "--model" => "识别模型：模型目录下的文件夹名，其中有 model.toml",
        "--reading" => "quick：先快速识别，存疑的行再完整识别；full：每行都完整识别",
        "--output" => "写到此文件，默认标准输出",
        "--compare" => "与正确文本比较：UTF-8 文本，每页以换页符结尾",
        "--runtime" => {
            "用什么运行模型，结果相同：auto 有 ONNX Runtime 就用，没有则用 rten；ort 只用 ONNX Runtime；rten 程序自带，较慢"
        }
        "--debug" => "把框和识别结果画在页面上，存为 PNG；多页时文件名加页号",
        "dossier models" => "安装和校验识别模型",
        "dossier models install" => "安装模型和 ONNX 运行库：用 pip 按包名下载，或从文件夹、wheel 文件安装",
        "dossier models list" => "列出识别所需的文件：大小、校验和、来源、状态",
        "dossier models verify" => "按 SHA-256 校验已安装的文件",
        "dossier doctor" => "检查已安装和缺少的内容，并说明如何补齐",
        "--lang" => "消息语言，默认随系统",
        "--quiet" => "不显示进度，只输出结果和错误",
        "--archive" => "档案库文件夹",
        "--json" => "输出机器可读的 JSON",
        "--pipeline" => "管线：名称（如 petitions）或其文件夹路径",
        "--sources" => "文件或文件夹",
        "--ocr" => "是否识别：auto 仅识别没有可信文字的页，force 识别每一页，never 不识别",
        "--originals" => "原件保存方式：复制、链接、只记路径",
        "--workers" => "处理进程数，默认每核一个",
        "--query" => "字词、\"整句\"、字段:值、日期:1978..1985、-排除、OR、(…)、~容一字之差、py:按拼音找姓名",
        "--sure" => "不含只凭存疑字的另一读法才命中的",
        "--sort" => "排序：相关、新到旧、旧到新",
        "--facets" => "统计全部命中的年份、分类等",
        "--csv" => "每条一行 CSV，供电子表格使用",
        "--null" => "只输出编号，以零字节分隔，供 xargs -0 使用",
        "--literal" => "整个查询作为一句原文",
        "--since" => "只查第几次及以后的运行带来的件",
        "--save" => "以此名保存本次检索",
        "--saved" => "按此名保存的检索再查一次",
        "--list" => "列出已保存的检索",
        "--forget" => "删除此名的检索",
        "--limit" => "显示多少条",
        "--mask" => "个人信息遮盖程度；none 会记入审计",
        "--id" => "件的编号，search 会列出",
        "--format" => "输出格式",
        "--from" => "含所需文件或 wheel 的文件夹，或一个 wheel；不需要网络",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parser_is_sound_in_both_languages() {
        command(Lang::En).debug_assert();
        command(Lang::Zh).debug_assert();
    }

    #[test]
    fn what_is_wrong_is_said_in_chinese() {
        for (typed, says) in [
            (vec!["serch"], "没有名为 serch 的命令；是否指 search？"),
            (vec!["search"], "缺少参数"),
            (vec!["status", "--archiv", "a"], "无法识别的参数 --archiv；是否指 --archive？"),
            (vec!["search", "村", "--archive", "a", "--sort", "big"], "可用：relevance, newest"),
            (vec!["search", "村", "--archive", "a", "--limit", "x"], "的值 x 无效"),
            (vec!["search", "村", "--archive", "a", "--csv", "--json"], "不能与"),
        ] {
            let typed = ["dossier"].into_iter().chain(typed);
            let error = command(Lang::Zh).try_get_matches_from(typed).unwrap_err();
            let wrong = wrong(&error).unwrap_or_default();
            assert!(wrong.contains(says), "{wrong}");
        }
        let help = command(Lang::Zh).try_get_matches_from(["dossier", "--help"]).unwrap_err();
        assert_eq!(wrong(&help), None);
    }

    #[test]
    fn every_visible_command_and_argument_has_chinese_help() {
        fn check(command: &clap::Command) {
            for part in command.get_subcommands().filter(|c| !c.is_hide_set()) {
                let about = part.get_about().map(ToString::to_string).unwrap_or_default();
                assert!(!about.is_ascii(), "{}: {about}", part.get_name());
                for arg in part.get_arguments() {
                    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                    assert!(!help.is_ascii(), "{} {}: {help}", part.get_name(), arg.get_id());
                }
                check(part);
            }
        }
        check(&command(Lang::Zh));
    }
}
