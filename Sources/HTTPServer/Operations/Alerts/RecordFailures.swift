internal import AccessControl
internal import Alerting
internal import Intake

/// The share of records that were not taken in the last minutes, from books that only count up.
struct RecordFailures {
  private struct Sums {
    var received = 0
    var failed = 0
  }

  private struct Sample {
    var time: UnixTime
    /// `nil`: all together.
    var sums: [OrganizationID?: Sums]
  }

  private var samples: [Sample] = []

  /// Takes what the books say now, and gives the shares since the oldest sample within the window.
  mutating func readings(
    _ totals: [LedgerAccount: LedgerTotals], at now: UnixTime
  ) -> [AlertReading] {
    var sums: [OrganizationID?: Sums] = [:]
    for (account, totals) in totals {
      for organization in Set([nil, account.organization]) {
        sums[organization, default: Sums()].received += totals.received
        sums[organization, default: Sums()].failed += totals.failed
      }
    }
    let length = AlertCatalogue.intakeWindow.components.seconds * 1000
    samples.removeAll { $0.time.milliseconds < now.milliseconds - length || $0.time > now }
    samples.append(Sample(time: now, sums: sums))
    guard let before = samples.first?.sums else { return [] }
    var readings: [AlertReading] = []
    for (organization, sum) in sums {
      let old = before[organization] ?? Sums()
      let received = sum.received - old.received
      // A replay takes records out of those that failed.
      let failed = max(0, sum.failed - old.failed)
      guard received >= AlertCatalogue.leastRecordCount else { continue }
      readings.append(
        AlertReading("ingest_failures", of: organization, Double(failed) / Double(received)))
    }
    return readings
  }
}
