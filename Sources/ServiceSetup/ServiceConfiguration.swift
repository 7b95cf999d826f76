public import AccessControl
internal import ColumnStore
internal import Configuration
internal import QueryLanguage

/// What the service is told at its start: by flags, then the environment, then a file, then defaults.
public struct ServiceConfiguration: Sendable {
  public struct Entry: Sendable {
    public var setting: Setting
    /// `nil` where nobody gave one and there is no default.
    public var values: [String]?
    public var origin: SettingOrigin
  }

  private let entries: [String: Entry]
  public let superadmins: SuperadminAllowlist
  /// Variables of the environment that are no setting's and look like one's, with what was meant. Others that
  /// begin with `DAYBOOK_` belong to somebody else, such as a client on this machine.
  public let misspeltVariables: [(name: String, near: String)]

  /// `flags` are keys of settings, with their values; a list's may be repeated.
  public init(
    file: (name: String, bytes: [UInt8])? = nil, environment: [String: String] = [:],
    flags: [(name: String, value: String)] = []
  ) throws(ConfigurationProblems) {
    var problems: [ConfigurationProblem] = []
    var sources: [(origin: SettingOrigin, provider: any ConfigProvider)] = []
    sources.append((.flag, Self.provider(flags, &problems)))
    sources.append(
      (.environment, EnvironmentVariablesProvider(environmentVariables: environment)))
    if let file {
      let content = ConfigurationFile(file.bytes, name: file.name)
      problems += content.problems
      let values = content.values.map { key, value in
        switch value {
        case .text(let text): (Self.path(key), ConfigValue(.string(text), isSecret: true))
        case .list(let texts): (Self.path(key), ConfigValue(.stringArray(texts), isSecret: true))
        }
      }
      sources.append(
        (
          .file(file.name),
          InMemoryProvider(values: Dictionary(values, uniquingKeysWith: { first, _ in first }))
        ))
    }
    var entries: [String: Entry] = [:]
    for setting in Setting.all {
      let entry = Self.entry(setting, sources)
      entries[setting.key] = entry
      if let values = entry.values, !setting.takes(values) {
        problems.append(
          ConfigurationProblem(
            key: setting.key, origin: entry.origin, reason: .wrongValue(allowed: setting.allowed)))
      }
      problems += setting.wrongZones(in: entry.values ?? [], from: entry.origin)
    }
    for (key, other) in [
      ("tls.certificate_file", "tls.key_file"), ("tls.key_file", "tls.certificate_file"),
      ("alerts.webhook_url", "alerts.webhook_secret"),
      ("reports.webhook_url", "reports.webhook_secret"),
    ] {
      if let entry = entries[key], entry.values != nil, entries[other]?.values == nil {
        problems.append(
          ConfigurationProblem(key: key, origin: entry.origin, reason: .without(other)))
      }
    }
    let names = entries["access.superadmins"]?.values ?? []
    let users = names.compactMap(UserID.init)
    if users.count != names.count, let origin = entries["access.superadmins"]?.origin {
      problems.append(
        ConfigurationProblem(
          key: "access.superadmins", origin: origin,
          reason: .wrongValue(allowed: "names, each \(Identifier.allowed)")))
    }
    guard problems.isEmpty else { throw ConfigurationProblems(list: problems) }
    self.entries = entries
    misspeltVariables = Self.misspelt(environment.keys.sorted())
    superadmins = SuperadminAllowlist(Set(users))
  }

  /// The text of a setting; `nil` where it has none.
  public func text(_ key: String) -> String? {
    guard let entry = entries[key], entry.setting.isTakenFromFlags else { return nil }
    return entry.values?.first
  }

  public func integer(_ key: String) -> Int? { text(key).flatMap { Int($0) } }

  /// The texts of a list; empty where it has none.
  public func list(_ key: String) -> [String] { entries[key]?.values ?? [] }

  public func secret(_ key: String) -> Secret? { entries[key]?.values?.first.map { Secret($0) } }

  /// What is in force and where it comes from, a line for each setting. Secrets are masked.
  public var description: String {
    Setting.all.compactMap { setting in
      guard let entry = entries[setting.key] else { return nil }
      guard let values = entry.values else { return "\(setting.key) is not set" }
      let shown = setting.isSecret ? Secret.mask : values.joined(separator: ", ")
      return "\(setting.key) = \(shown)  (\(entry.origin))"
    }.joined(separator: "\n")
  }

  private static func misspelt(_ names: [String]) -> [(name: String, near: String)] {
    let variables = Setting.all.map(\.variable)
    return names.compactMap { name in
      guard name.hasPrefix("DAYBOOK_"), !variables.contains(name),
        let near = nearestName(to: name, among: variables)
      else { return nil }
      return (name, near)
    }
  }

  private static func path(_ key: String) -> AbsoluteConfigKey {
    AbsoluteConfigKey(["daybook"] + key.split(separator: ".").map(String.init))
  }

  private static func provider(
    _ flags: [(name: String, value: String)], _ problems: inout [ConfigurationProblem]
  ) -> InMemoryProvider {
    var values: [AbsoluteConfigKey: ConfigValue] = [:]
    var lists: [String: [String]] = [:]
    for (name, value) in flags {
      guard let setting = Setting.named(name) else {
        problems.append(
          ConfigurationProblem(
            key: name, origin: .flag, reason: .unknownKey(near: Setting.nearest(to: name)?.key)))
        continue
      }
      guard setting.isTakenFromFlags else {
        problems.append(ConfigurationProblem(key: name, origin: .flag, reason: .secretInFlag))
        continue
      }
      if setting.isList {
        lists[setting.key, default: []].append(value)
        values[path(setting.key)] = ConfigValue(
          .stringArray(lists[setting.key] ?? []), isSecret: true)
      } else {
        values[path(setting.key)] = ConfigValue(.string(value), isSecret: true)
      }
    }
    return InMemoryProvider(values: values)
  }

  private static func entry(
    _ setting: Setting, _ sources: [(origin: SettingOrigin, provider: any ConfigProvider)]
  ) -> Entry {
    let isList = setting.isList
    for (origin, provider) in sources {
      let found = try? provider.value(
        forKey: path(setting.key), type: isList ? .stringArray : .string)
      switch found?.value?.content {
      case .string(let text): return Entry(setting: setting, values: [text], origin: origin)
      case .stringArray(let texts): return Entry(setting: setting, values: texts, origin: origin)
      default: continue
      }
    }
    return Entry(setting: setting, values: setting.fallback.map { [$0] }, origin: .fallback)
  }
}

extension ServiceConfiguration: CustomStringConvertible, CustomReflectable {
  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Setting {
  /// Zones that do not exist, and entries that name no organisation.
  func wrongZones(in values: [String], from origin: SettingOrigin) -> [ConfigurationProblem] {
    func problem(_ reason: ConfigurationProblem.Reason) -> ConfigurationProblem {
      ConfigurationProblem(key: key, origin: origin, reason: reason)
    }
    func unknown(_ name: String) -> ConfigurationProblem? {
      if TimeZoneRules.reporting(name) != nil { return nil }
      return problem(.unknownTimeZone(allowed: allowed, near: TimeZoneRules.names(like: name)))
    }
    switch kind {
    case .timeZone: return values.compactMap(unknown)
    case .organizationTimeZones:
      return values.compactMap { entry in
        guard let sign = entry.lastIndex(of: "="), OrganizationID(String(entry[..<sign])) != nil
        else { return problem(.wrongValue(allowed: allowed)) }
        return unknown(String(entry[entry.index(after: sign)...]))
      }
    case .text, .integer, .choice, .list, .secretAddress, .secret: return []
    }
  }

  static let largestZoneCount = 10_000

  func takes(_ values: [String]) -> Bool {
    func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 32 && $0 != 127 } }
    if case .list(let count) = kind { return values.count <= count }
    if case .organizationTimeZones = kind { return values.count <= Self.largestZoneCount }
    guard values.count == 1, let text = values.first else { return false }
    switch kind {
    case .text(let count), .secretAddress(let count):
      return (1...count).contains(text.utf8.count) && isPlain(text)
    case .integer(let range):
      let isNumber = !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
      return isNumber && Int(text).map(range.contains) ?? false
    case .choice(let names): return names.contains(text)
    case .secret(let count): return text.utf8.count >= count && text.utf8.count <= 4096
    // Said with the nearest names: see `wrongZones`.
    case .list, .timeZone, .organizationTimeZones: return true
    }
  }
}
