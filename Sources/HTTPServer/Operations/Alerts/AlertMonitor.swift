internal import AccessControl
package import Alerting
internal import ColumnStore
internal import Intake
internal import Jobs
internal import Logging
internal import Persistence
internal import QueryLanguage
internal import Synchronization

/// Looks whether something is wrong, keeps what fires, and tells it once.
package final class AlertMonitor: Sendable {
  private struct State {
    var book: AlertBook
    var failures = RecordFailures()
    /// Since when the disk is known to refuse changes.
    var brokenSince: UnixTime?
    /// What could not be stored, the newest state of each alert.
    var unwritten: [Alert] = []
    /// When messages that did not arrive were last offered again.
    var offered: UnixTime?
  }

  /// Alerts that are remembered while nothing can be stored; past that the oldest are forgotten.
  private static let largestUnwrittenCount = 10_000

  /// After which messages that did not arrive are offered again.
  private static let offerInterval = Duration.seconds(300)

  private let state: Mutex<State>
  private let store: AlertStore
  let deliveries: DeliveryStore
  package let webhook: Webhook?

  init(
    _ rules: [AlertRule], _ store: AlertStore, _ deliveries: DeliveryStore, _ webhook: Webhook?
  ) {
    self.store = store
    self.deliveries = deliveries
    self.webhook = webhook
    state = Mutex(State(book: AlertBook(rules, firing: store.firing())))
  }

  var rules: [AlertRule] { state.withLock { $0.book.rules } }

  package var firing: [Alert] { state.withLock { $0.book.firing } }

  /// Reads all there is and notes it. What cannot be read is left as it is.
  fileprivate func check(_ service: Service, at now: UnixTime) {
    var asked = Set(rules.map(\.id))
    var readings = serviceReadings(service, at: now)
    do throws(QueryError) {
      readings += try service.jobs.useReadings(at: now)
    } catch {
      asked.subtract(JobRunner.useRules)
      service.log.warning(
        "some alerts could not be read", metadata: ["reason": "\(error.message)"])
    }
    let (found, rules) = (readings, asked)
    let (changed, unwritten) = state.withLock { state in
      let changed = state.book.note(found, of: rules, at: now)
      let ids = Set(changed.map { ExactText($0.id) })
      return (changed, state.unwritten.filter { !ids.contains(ExactText($0.id)) } + changed)
    }
    guard !unwritten.isEmpty else { return }
    // Stored before it is told; told also where it cannot be stored, which may be what it is about.
    do throws(QueryError) {
      try store.write(unwritten)
      state.withLock { $0.unwritten = [] }
    } catch {
      service.log.error("alerts were not stored", metadata: ["reason": "\(error.message)"])
      state.withLock { $0.unwritten = Array(unwritten.suffix(Self.largestUnwrittenCount)) }
    }
    if !changed.isEmpty { tell(changed, service, at: now) }
  }

  private func serviceReadings(_ service: Service, at now: UnixTime) -> [AlertReading] {
    let isBroken = service.database.failure != nil
    let lag = Double(service.recordQueue.lag(at: now)) / 1000
    let totals = service.intake.ledgerTotals
    let (broken, failures) = state.withLock { state in
      state.brokenSince = isBroken ? state.brokenSince ?? now : nil
      return (
        state.brokenSince.map { Double(now.milliseconds - $0.milliseconds) / 1000 } ?? 0,
        state.failures.readings(totals, at: now)
      )
    }
    let failedJobs = service.jobs.statuses.count { $0.record?.outcome == .failed }
    return failures + [
      AlertReading("ingest_lag", lag), AlertReading("stale_data", max(lag, broken)),
      AlertReading("store_read_only", isBroken ? 1 : 0),
      AlertReading(
        "queue_backlog",
        Double(service.recordQueue.byteCount) / Double(max(1, service.recordQueue.byteLimit))),
      AlertReading("job_failed", Double(failedJobs)),
    ]
  }

  private func tell(_ alerts: [Alert], _ service: Service, at now: UnixTime) {
    for alert in alerts {
      let isFiring = alert.state == .firing
      service.log.log(
        level: isFiring ? .warning : .notice,
        "\(isFiring ? "an alert fires" : "an alert is resolved")",
        metadata: ["alert": "\(alert.id)", "says": "\(alert.message)"])
    }
    guard let webhook else { return }
    let messages = alerts.map { alert in
      WebhookMessage(
        id: Self.delivery(alert.id, alert.state), event: "alert",
        body: AlertJSON.message(alert).bytes)
    }
    do throws(QueryError) {
      try deliveries.keep(messages, at: now)
    } catch {
      // Where the disk is broken, it is told all the same.
      service.log.error(
        "messages of a webhook were not stored", metadata: ["reason": "\(error.message)"])
    }
    for message in messages { webhook.send(message) }
  }

  /// Offers messages again that did not arrive, where no other waits.
  fileprivate func offerKept(at now: UnixTime) {
    guard let webhook, webhook.counts.waiting == 0 else { return }
    let isDue = state.withLock { state in
      // A process offers what it finds when it begins.
      guard let offered = state.offered else {
        state.offered = now
        return false
      }
      // Also where the clock went back.
      guard now >= offered.advanced(by: Self.offerInterval) || now < offered else { return false }
      state.offered = now
      return true
    }
    if isDue { webhook.sendKept() }
  }

  // MARK: - Names of messages

  private static func delivery(_ id: String, _ alert: Alert.State) -> String {
    "\(id):\(alert.rawValue)"
  }

  /// What nobody has to be told any more when this has arrived: that an alert fires which is resolved.
  static func deliveriesBefore(_ delivery: String) -> [String] {
    let end = Self.delivery("", .resolved)
    guard delivery.hasSuffix(end) else { return [] }
    return [Self.delivery(String(delivery.dropLast(end.count)), .firing)]
  }
}

extension Service {
  /// May block.
  package func checkAlerts() {
    let now = environment.now()
    alerts.check(self, at: now)
    alerts.offerKept(at: now)
  }

  func registerAlertGauges() {
    metrics.registry.gauge(
      "daybook_alerts_firing", "Alerts that fire, by the rule.", labels: ["rule", "severity"]
    ) { [weak self] in
      guard let self else { return [] }
      let firing = alerts.firing
      return alerts.rules.map { rule in
        ([rule.id, rule.severity.rawValue], Double(firing.count { $0.rule == rule.id }))
      }
    }
    guard let webhook = alerts.webhook else { return }
    metrics.registry.gauge(
      "daybook_webhook_messages_total", "Messages, by what became of them.", labels: ["result"],
      isCounter: true
    ) {
      let counts = webhook.counts
      return [
        (["delivered"], Double(counts.delivered)), (["refused"], Double(counts.refused)),
        (["gave_up"], Double(counts.gaveUp)), (["dropped"], Double(counts.dropped)),
      ]
    }
    metrics.registry.gauge("daybook_webhook_waiting", "Messages that wait to be sent.") {
      [([], Double(webhook.counts.waiting))]
    }
  }
}
