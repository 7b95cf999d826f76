internal import Synchronization

/// What a `User-Agent` says of the client.
public struct ClientDescription: Equatable, Sendable {
  /// `desktop`, `mobile`, `tablet`, or `bot`; `nil`: unknown.
  public var deviceType: String?
  /// Family and first number of the version: `Firefox 128`.
  public var browser: String?
  public var system: String?

  public init(deviceType: String? = nil, browser: String? = nil, system: String? = nil) {
    self.deviceType = deviceType
    self.browser = browser
    self.system = system
  }
}

/// Reads user agents by uap-core's patterns, each text once.
public final class UserAgentReader: Sendable {
  /// Where Debian's package has them.
  public static let standardPath = "/usr/share/uap-core/regexes.yaml"

  private let patterns: UserAgentPatterns
  private let known = Mutex<[String: ClientDescription]>([:])
  static let cacheLimit = 4_096
  /// More of a text is not looked at.
  private static let byteLimit = 512

  /// `nil` where the text has no patterns.
  public init?(yaml: String) {
    patterns = UserAgentPatterns(yaml)
    guard !patterns.browsers.isEmpty, !patterns.systems.isEmpty else { return nil }
  }

  public var patternCount: Int {
    patterns.browsers.count + patterns.systems.count + patterns.devices.count
  }

  public func describe(_ text: String) -> ClientDescription {
    if let description = known.withLock({ $0[text] }) { return description }
    let description = read(Array(text.utf8.prefix(Self.byteLimit)))
    known.withLock { known in
      // Texts from outside must not fill the memory; begun anew, it is full of those in use soon.
      if known.count >= Self.cacheLimit { known.removeAll(keepingCapacity: true) }
      known[text] = description
    }
    return description
  }

  /// The family alone, of the browser or the system.
  package func family(_ text: String, isBrowser: Bool) -> String? {
    first(isBrowser ? patterns.browsers : patterns.systems, Array(text.utf8))?.family
  }

  private func read(_ text: [UInt8]) -> ClientDescription {
    let browser = first(patterns.browsers, text)
    let system = first(patterns.systems, text)
    let device = first(patterns.devices, text)
    return ClientDescription(
      deviceType: deviceType(text, system: system?.family, device: device?.family),
      browser: browser?.text, system: system?.text)
  }

  private struct Match {
    var family: String
    var version: String?
    var text: String { version.map { "\(family) \($0)" } ?? family }
  }

  private func first(_ patterns: [UserAgentPatterns.Pattern], _ text: [UInt8]) -> Match? {
    for pattern in patterns {
      guard let groups = pattern.expression.match(text) else { continue }
      var family = pattern.family ?? groups.first ?? ""
      if let range = family.firstRange(of: "$1") {
        family.replaceSubrange(range, with: groups.first ?? "")
      }
      guard !family.isEmpty else { continue }
      var version = pattern.version ?? groups.second
      if version?.contains("$") ?? false { version = groups.second }
      return Match(family: family, version: version)
    }
    return nil
  }

  /// uap-core names devices and no types. Tablets say so, or are an iPad, a Kindle, or an Android that
  /// does not say `Mobile`.
  private func deviceType(_ text: [UInt8], system: String?, device: String?) -> String? {
    let words = String(decoding: text, as: UTF8.self).lowercased()
    if device == "Spider" { return "bot" }
    if device == "iPad" || device == "Kindle" || words.contains("tablet") || words.contains("ipad")
    {
      return "tablet"
    }
    switch system {
    case "Android": return words.contains("mobile") ? "mobile" : "tablet"
    case "iOS", "Windows Phone", "BlackBerry OS", "KaiOS", "Symbian OS", "HarmonyOS", "Firefox OS":
      return "mobile"
    case "Windows", "Mac OS X", "Linux", "Ubuntu", "Fedora", "Debian", "Chrome OS", "FreeBSD",
      "OpenBSD", "Arch Linux", "Red Hat", "SUSE", "Gentoo", "Mac OS", "NetBSD", "Solaris":
      return "desktop"
    default:
      if words.contains("mobile") { return "mobile" }
      return nil
    }
  }
}
