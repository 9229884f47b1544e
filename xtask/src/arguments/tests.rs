//! Command lines, and the tasks that they name.

use super::*;

fn read(line: &str) -> Result<Arguments, Refusal> {
    Arguments::read(line.split_whitespace().map(OsString::from))
}

#[test]
fn a_demo_on_a_running_server_needs_both_names() {
    assert!(read("demo --server chat.example --user me@chat.example").is_ok());
    assert!(read("demo --server chat.example").is_err());
}

#[test]
fn help_is_given_wherever_it_is_asked_for() {
    for line in ["help", "--help", "-h", "help everything", "everything --help"] {
        assert_eq!(read(line).unwrap().task, Task::Help(None), "{line}");
    }
    for line in ["demo --help", "demo --exit -h", "demo --server --help", "help demo"] {
        assert_eq!(read(line).unwrap().task, Task::Help(help::topic("demo")), "{line}");
    }
}

#[test]
fn a_refusal_shows_how_the_task_is_called() {
    let refused = |line: &str| read(line).unwrap_err();
    assert_eq!(refused("demo --fast").reason, "--fast is not known here.");
    assert_eq!(refused("demo --fast").usage, help::topic("demo").unwrap().usage());
    assert_eq!(refused("fuzz --minutes").reason, "--minutes needs a value.");
    assert_eq!(refused("fuzz --minutes=x").reason, "x is no number.");
    assert_eq!(refused("types --check=yes").reason, "--check takes no value.");
    assert_eq!(refused("icons all").reason, "all is not known here.");
    assert_eq!(refused("everything").usage, help::overview());
    assert_eq!(refused("").usage, help::overview());
}

#[test]
fn an_option_of_another_task_is_refused() {
    assert!(read("test --shots docs").is_err());
    assert_eq!(read("types --check").unwrap().task, Task::Types(TypesMode::Check));
    assert_eq!(
        read("test --yes --only clippy").unwrap().task,
        Task::Test(vec!["clippy".to_owned()])
    );
}

#[test]
fn a_bench_is_known_by_its_name() {
    assert_eq!(
        read("bench away --yes").unwrap().task,
        Task::Bench(Bench::Archive("away"))
    );
    assert_eq!(read("bench start").unwrap().task, Task::Bench(Bench::Window("start")));
    assert!(read("bench everything").is_err());
    assert!(read("bench").is_err());
}

#[test]
fn a_schedule_of_chaos_is_named_by_its_seed() {
    let asked = read("chaos --server ejabberd --schedules 1 --seed 42").unwrap();
    let Task::Chaos(options) = asked.task else {
        panic!("another task");
    };
    assert_eq!(
        (options.seed, options.schedules, options.server.as_str()),
        (42, 1, "ejabberd")
    );
    assert!(read("chaos --seed x").is_err());
}
