import ColumnStore

extension Value {
  /// The value on one line, so that what is empty can be seen.
  func golden(in timeZone: String) -> String {
    let text = formatted(timeZone: TimeZoneRules.named(timeZone) ?? .utc)
    if text.isEmpty { return "(empty)" }
    var line = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": line += "\\n"
      case "\t": line += "\\t"
      default: line.unicodeScalars.append(scalar)
      }
    }
    return line
  }
}
