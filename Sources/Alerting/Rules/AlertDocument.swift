/// The rules as a table of Markdown, for `Documentation/insights.md`.
public enum AlertDocument {
  public static let table: String = {
    var text = "| rule | about | severity | reads | fires from | resolved below |\n"
    text += "| --- | --- | --- | --- | --- | --- |\n"
    for rule in AlertCatalogue.rules() {
      let subject =
        switch rule.subject {
        case .service: "the service"
        case .organization: "each organisation"
        case .both: "each organisation, and all together"
        }
      let holds = rule.holdsFor > .zero ? " for \(rule.holdsFor.components.seconds) s" : ""
      let clears = rule.clearsAfter > .zero ? " for \(rule.clearsAfter.components.seconds) s" : ""
      let cells = [
        "`\(rule.id)`", subject, rule.severity.rawValue, rule.about,
        rule.unit.text(rule.firesFrom) + holds, rule.unit.text(rule.resolvesBelow) + clears,
      ]
      text += "| \(cells.joined(separator: " | ")) |\n"
    }
    return text
  }()
}
