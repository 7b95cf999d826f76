import AccessControl
import Alerting
import HTTPServer
import Jobs
import Logging
import Persistence
import ServiceSetup

/// Where alerts and reports go, as the configuration says.
enum Notification {
  /// `group`: `alerts` or `reports`.
  static func webhook(
    of group: String, _ configuration: ServiceConfiguration, _ log: Logger
  ) throws -> Webhook? {
    guard let url = configuration.text("\(group).webhook_url"),
      let secret = configuration.secret("\(group).webhook_secret")
    else { return nil }
    let settings: WebhookSettings
    do {
      settings = try WebhookSettings(url: url, secret: secret)
    } catch {
      throw CommandFailure("\(group).webhook_url: \(error)")
    }
    let environment = ServiceEnvironment.real
    return Webhook(
      settings, .network(),
      WebhookEnvironment(now: environment.now, random: environment.random)
    ) { event, outcome in
      log.warning(
        "a webhook did not take a message",
        metadata: ["event": "\(event)", "outcome": "\(outcome)"])
    }
  }

  static func reports(
    _ configuration: ServiceConfiguration, _ log: Logger
  ) throws -> ReportTargets {
    ReportTargets(
      folder: configuration.text("reports.folder").map { ReportFolder($0, disk: .real) },
      webhook: try webhook(of: "reports", configuration, log),
      includesPeople: configuration.text("reports.people") != "off")
  }
}
