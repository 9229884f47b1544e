//! Order of SRV records (RFC 2782). Kept apart from asking for them, so that it can be tested without DNS.

use rand::Rng;

use crate::session::Security;

/// A place where the service may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) security: Security,
}

/// An SRV record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) priority: u16,
    pub(crate) weight: u16,
    pub(crate) target: Target,
}

/// What DNS said about one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is there.
    Records(Vec<Record>),
    /// The domain says that it does not have this service (one record whose target is the root).
    Absent,
    /// DNS answered that it has no such records.
    None,
    /// DNS did not answer.
    Unknown,
}

/// Targets in the order in which to try them: by priority; within one priority drawn by weight.
pub(crate) fn order(mut records: Vec<Record>, random: &mut impl Rng) -> Vec<Target> {
    // RFC 2782 wants weight 0 first among those of equal priority, so that they keep a small chance.
    records.sort_by_key(|record| (record.priority, record.weight));
    let mut ordered = Vec::with_capacity(records.len());
    while let Some(first) = records.first() {
        let priority = first.priority;
        let same = records.iter().take_while(|record| record.priority == priority).count();
        let total: u64 = records.iter().take(same).map(|record| u64::from(record.weight)).sum();
        let drawn = random.random_range(0..=total);
        let mut sum = 0;
        let chosen = records
            .iter()
            .take(same)
            .position(|record| {
                sum += u64::from(record.weight);
                sum >= drawn
            })
            .unwrap_or(0);
        ordered.push(records.remove(chosen).target);
    }
    ordered
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    fn record(priority: u16, weight: u16, host: &str) -> Record {
        let target = Target {
            host: host.into(),
            port: 5222,
            security: Security::StartTls,
        };
        Record {
            priority,
            weight,
            target,
        }
    }

    #[test]
    fn lower_priority_numbers_come_first_whatever_their_weight() {
        let records = vec![record(20, 65535, "c"), record(10, 0, "b"), record(5, 1, "a")];
        let hosts: Vec<_> = order(records, &mut StdRng::seed_from_u64(1))
            .into_iter()
            .map(|t| t.host)
            .collect();
        assert_eq!(hosts, ["a", "b", "c"]);
    }

    #[test]
    fn within_a_priority_weight_decides_how_often_a_target_comes_first() {
        let mut random = StdRng::seed_from_u64(7);
        let mut heavy = 0;
        for _ in 0..1000 {
            let targets = order(vec![record(1, 10, "light"), record(1, 90, "heavy")], &mut random);
            assert_eq!(targets.len(), 2);
            heavy += u32::from(targets[0].host == "heavy");
        }
        assert!((850..=950).contains(&heavy), "{heavy}");
    }

    #[test]
    fn records_without_weight_all_come_and_nothing_is_lost() {
        let records: Vec<_> = (0..5).map(|n| record(1, 0, &n.to_string())).collect();
        let mut hosts: Vec<_> = order(records, &mut StdRng::seed_from_u64(3))
            .into_iter()
            .map(|t| t.host)
            .collect();
        hosts.sort();
        assert_eq!(hosts, ["0", "1", "2", "3", "4"]);
    }
}
