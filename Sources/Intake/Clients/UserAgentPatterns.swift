/// The patterns of uap-core (`regexes.yaml`), as far as they are needed: the families of browsers,
/// systems and devices, in their order.
///
/// The file is a list of lists of `key: 'value'` lines; that much of YAML is read.
struct UserAgentPatterns: Sendable {
  struct Pattern: Sendable {
    var expression: RegularExpression
    /// Instead of the first group; `$1` in it stands for the group.
    var family: String?
    /// Instead of the second group.
    var version: String?
  }

  private(set) var browsers: [Pattern] = []
  private(set) var systems: [Pattern] = []
  private(set) var devices: [Pattern] = []

  /// Patterns that PCRE2 does not take are left out; there are none in the versions that are known.
  init(_ yaml: String) {
    var section = ""
    var entry: [String: String] = [:]
    func finish(_ patterns: inout UserAgentPatterns) {
      defer { entry = [:] }
      guard let regex = entry["regex"],
        let expression = RegularExpression(regex, ignoresCase: entry["regex_flag"] == "i")
      else { return }
      switch section {
      case "user_agent_parsers":
        patterns.browsers.append(
          Pattern(
            expression: expression, family: entry["family_replacement"],
            version: entry["v1_replacement"]))
      case "os_parsers":
        patterns.systems.append(
          Pattern(
            expression: expression, family: entry["os_replacement"],
            version: entry["os_v1_replacement"]))
      case "device_parsers":
        patterns.devices.append(
          Pattern(expression: expression, family: entry["device_replacement"], version: nil))
      default: break
      }
    }
    for line in yaml.split(separator: "\n") {
      let text = line.drop { $0 == " " }
      guard !text.isEmpty, !text.hasPrefix("#") else { continue }
      if text.count == line.count {
        finish(&self)
        section = String(text.prefix { $0 != ":" })
        continue
      }
      var pair = text
      if pair.hasPrefix("- ") {
        finish(&self)
        pair = pair.dropFirst(2)
      }
      guard let colon = pair.firstIndex(of: ":") else { continue }
      let key = pair[..<colon]
      entry[String(key)] = Self.scalar(pair[pair.index(after: colon)...])
    }
    finish(&self)
  }

  /// A value in single or double quotes, or bare.
  private static func scalar(_ text: Substring) -> String {
    let value = text.drop { $0 == " " }
    guard let quote = value.first, quote == "'" || quote == "\"" else {
      return String(value.split(separator: " #").first ?? "")
    }
    var result = ""
    var rest = value.dropFirst()
    while let letter = rest.first {
      rest = rest.dropFirst()
      if letter == quote {
        guard quote == "'", rest.first == quote else { break }
        rest = rest.dropFirst()
        result.append(letter)
      } else if letter == "\\", quote == "\"", let next = rest.first {
        rest = rest.dropFirst()
        result.append(next)
      } else {
        result.append(letter)
      }
    }
    return result
  }
}
