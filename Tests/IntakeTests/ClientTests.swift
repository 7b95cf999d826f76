import ColumnStore
import Glibc
import Intake
import Testing

@Suite struct `A user agent` {
  static let yaml = read(UserAgentReader.standardPath)
  static let tests = "/usr/share/uap-core/tests"

  static func read(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&block, 1, block.count, file)
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += block[..<count]
    }
  }

  private static let windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
  static let agents: [(String, ClientDescription)] = [
    (
      windows + "(KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
      ClientDescription(deviceType: "desktop", browser: "Chrome 126", system: "Windows 10")
    ),
    (
      "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
      ClientDescription(deviceType: "desktop", browser: "Firefox 128", system: "Linux")
    ),
    (
      "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
        + "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
      ClientDescription(deviceType: "mobile", browser: "Mobile Safari 17", system: "iOS 17")
    ),
    (
      "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 "
        + "(KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1",
      ClientDescription(deviceType: "tablet", browser: "Mobile Safari 16", system: "iOS 16")
    ),
    (
      "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 "
        + "(KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
      ClientDescription(deviceType: "mobile", browser: "Chrome Mobile 126", system: "Android 14")
    ),
    (
      "Mozilla/5.0 (Linux; Android 13; SM-X900) AppleWebKit/537.36 "
        + "(KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
      ClientDescription(deviceType: "tablet", browser: "Chrome 126", system: "Android 13")
    ),
    (
      "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
      ClientDescription(deviceType: "bot", browser: "Googlebot 2", system: nil)
    ),
    ("", ClientDescription()), ("what is this", ClientDescription()),
  ]

  @Test(.enabled(if: yaml != nil), arguments: agents)
  func `says device, browser and system`(text: String, expected: ClientDescription) throws {
    let yaml = try #require(Self.yaml)
    let reader = try #require(UserAgentReader(yaml: yaml))
    #expect(reader.describe(text) == expected)
    #expect(reader.describe(text) == expected)
  }

  @Test(.enabled(if: yaml != nil))
  func `is known as uap-core's own tests have it`() throws {
    let yaml = try #require(Self.yaml)
    let reader = try #require(UserAgentReader(yaml: yaml))
    #expect(reader.patternCount > 900)
    for (file, isBrowser) in [("test_ua.yaml", true), ("test_os.yaml", false)] {
      guard let text = Self.read("\(Self.tests)/\(file)") else { continue }
      var wrong: [String] = []
      let cases = Self.cases(text)
      #expect(cases.count > 300)
      for (agent, family) in cases {
        let found = reader.family(agent, isBrowser: isBrowser) ?? "Other"
        if found != family { wrong.append("\(agent): \(found), not \(family)") }
      }
      #expect(wrong.isEmpty, "\(wrong.prefix(5))")
    }
  }

  /// Agents and families.
  private static func cases(_ yaml: String) -> [(String, String)] {
    var cases: [(String, String)] = []
    var agent: String?
    func unquoted(_ text: Substring) -> String {
      let text = text.drop { $0 == " " }
      guard let quote = text.first, quote == "'" || quote == "\"" else { return String(text) }
      let inner = text.dropFirst()
      guard let end = inner.lastIndex(of: quote) else { return String(inner) }
      return String(inner[..<end]).replacing(quote == "'" ? "''" : "\\\"", with: String(quote))
    }
    for line in yaml.split(separator: "\n") {
      let text = line.drop { $0 == " " }
      if text.hasPrefix("- user_agent_string:") {
        agent = unquoted(text.dropFirst("- user_agent_string:".count))
      } else if text.hasPrefix("family:"), let known = agent {
        cases.append((known, unquoted(text.dropFirst("family:".count))))
        agent = nil
      }
    }
    return cases
  }

  @Test(.enabled(if: yaml != nil))
  func `made to take for ever does not`() throws {
    let yaml = try #require(Self.yaml)
    let reader = try #require(UserAgentReader(yaml: yaml))
    for piece in ["Mozilla/5.0 (", "; ", "Android ", "a a ", "((((", "Build/"] {
      _ = reader.describe(String(repeating: piece, count: 100_000))
    }
    _ = reader.describe(
      String(decoding: (0..<500).map { UInt8(truncatingIfNeeded: $0 * 7) }, as: UTF8.self))
  }

  @Test func `without patterns is not read`() {
    #expect(UserAgentReader(yaml: "") == nil)
    #expect(UserAgentReader(yaml: "user_agent_parsers:\n  - regex: '('\n") == nil)
  }
}

@Suite struct `The country of an address` {
  @Test func `is what the database says, and nothing for private ones`() throws {
    let path = "/tmp/daybook-countries-\(getpid()).mmdb"
    let bytes = CountryFile.bytes([
      ("8.8.8.0", 24, "US"), ("81.0.0.0", 8, "DE"), ("10.0.0.0", 8, "FR"),
    ])
    let file = try #require(fopen(path, "w"))
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    fclose(file)
    defer { unlink(path) }
    let countries = try CountryDatabase(path: path)
    func country(_ text: String) throws -> String? {
      let address = try #require(NetworkAddress(text))
      return countries.country(of: address)
    }
    #expect(try country("8.8.8.8") == "US" && country("8.8.8.0") == "US")
    #expect(try country("8.8.9.8") == nil && country("81.2.3.4") == "DE")
    #expect(try country("10.1.1.1") == nil && country("::1") == nil)
    let harness = try IntakeHarness { $0.countries = countries }
    try harness.accept(
      """
      [{"id":"1","endpoint":"/a","ip":"81.1.1.1"},{"id":"2","endpoint":"/a","ip":"192.168.1.1"},
       {"id":"3","endpoint":"/a","ip":"8.8.8.8","country":"AT"},{"id":"4","endpoint":"/a"}]
      """, .request)
    let rows = try harness.rows(.events).sorted {
      "\($0["event_id"] ?? .null)" < "\($1["event_id"] ?? .null)"
    }
    #expect(rows.map { $0["country"] } == [.text("DE"), .text("unknown"), .text("AT"), nil])
  }

  @Test func `needs a database`() {
    #expect(throws: CountryDatabase.OpeningError.self) { try CountryDatabase(path: "/nowhere") }
  }
}

/// A file of MaxMind's format (specification 2.0) with countries of IPv4 networks.
private enum CountryFile {
  static func bytes(_ networks: [(address: String, bits: Int, country: String)]) -> [UInt8] {
    // Records of a node: a node, or -1 for nothing, or -2 - i for network i.
    var nodes: [[Int]] = [[-1, -1]]
    for (number, network) in networks.enumerated() {
      guard let bytes = NetworkAddress(network.address)?.bytes else { continue }
      var node = 0
      for bit in 0..<network.bits {
        let side = Int(bytes[bit / 8] >> UInt8(7 - bit % 8)) & 1
        if bit == network.bits - 1 {
          nodes[node][side] = -2 - number
        } else {
          if nodes[node][side] < 0 {
            nodes.append([-1, -1])
            nodes[node][side] = nodes.count - 1
          }
          node = nodes[node][side]
        }
      }
    }
    var data: [UInt8] = []
    var offsets: [Int] = []
    for network in networks {
      offsets.append(data.count)
      data += map(1) + text("country") + map(1) + text("iso_code") + text(network.country)
    }
    var file: [UInt8] = []
    for node in nodes {
      for record in node {
        let value =
          record >= 0
          ? record : record == -1 ? nodes.count : nodes.count + 16 + offsets[-2 - record]
        file += [UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
      }
    }
    file += Array(repeating: 0, count: 16) + data
    file += [0xAB, 0xCD, 0xEF] + Array("MaxMind.com".utf8)
    file += map(9)
    file += text("description") + map(0)
    file += text("binary_format_major_version") + [0xA1, 2]
    file += text("binary_format_minor_version") + [0xA0]
    file += text("build_epoch") + [0x01, 0x02, 1]
    file += text("database_type") + text("Country")
    file += text("ip_version") + [0xA1, 4]
    file += text("languages") + [0x00, 0x04]
    file += text("node_count") + [0xC4] + [0, 0, UInt8(nodes.count >> 8), UInt8(nodes.count & 255)]
    file += text("record_size") + [0xA1, 24]
    return file
  }

  private static func map(_ count: Int) -> [UInt8] { [0xE0 | UInt8(count)] }

  private static func text(_ text: String) -> [UInt8] {
    [0x40 | UInt8(text.utf8.count)] + Array(text.utf8)
  }
}
