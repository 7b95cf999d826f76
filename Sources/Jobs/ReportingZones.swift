package import AccessControl
package import ColumnStore
package import ServiceSetup

/// In which zone days of reports begin: an organisation's own, or the service's.
package struct ReportingZones: Sendable {
  package let service: TimeZoneRules
  private let own: [OrganizationID: TimeZoneRules]

  package init(_ configuration: ServiceConfiguration) {
    // Both are checked when the configuration is read.
    service = configuration.text("reporting.time_zone").flatMap(TimeZoneRules.reporting) ?? .utc
    var own: [OrganizationID: TimeZoneRules] = [:]
    // Of several for one organisation the last counts.
    for entry in configuration.list("reporting.organization_time_zones") {
      guard let sign = entry.lastIndex(of: "="), let name = OrganizationID(String(entry[..<sign]))
      else { continue }
      own[name] = TimeZoneRules.reporting(String(entry[entry.index(after: sign)...]))
    }
    self.own = own
  }

  package func zone(of organization: OrganizationID?) -> TimeZoneRules {
    organization.flatMap { own[$0] } ?? service
  }
}
