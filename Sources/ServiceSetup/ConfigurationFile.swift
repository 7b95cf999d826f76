internal import Authentication

/// A configuration file: one object of JSON, in which parts of a key nest.
///
/// Read strictly, unlike `JSONSnapshot` of swift-configuration, which passes over keys that nobody asks
/// for, takes one of two members of a name, and `true` for 1: a word mistyped in a file about access
/// must not go unseen.
struct ConfigurationFile {
  enum Value: Equatable {
    case text(String)
    case list([String])
  }

  var values: [String: Value] = [:]
  var problems: [ConfigurationProblem] = []

  init(_ bytes: [UInt8], name: String) {
    let origin = SettingOrigin.file(name)
    let document: StrictJSON
    do throws(StrictJSON.Failure) {
      document = try StrictJSON(bytes)
    } catch {
      problems.append(
        ConfigurationProblem(key: "", origin: origin, reason: .unreadableFile(error.description)))
      return
    }
    guard let members = document.members else {
      problems.append(
        ConfigurationProblem(key: "", origin: origin, reason: .unreadableFile("it is no object")))
      return
    }
    read(members, under: "", origin)
  }

  private mutating func read(
    _ members: [String: StrictJSON], under prefix: String, _ origin: SettingOrigin
  ) {
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      let key = prefix + name
      if let setting = Setting.all.first(where: { $0.key == key }), !name.contains(".") {
        if let value = Self.value(value, setting.kind) {
          values[key] = value
        } else {
          problems.append(
            ConfigurationProblem(
              key: key, origin: origin, reason: .wrongValue(allowed: setting.allowed)))
        }
      } else if let inner = value.members, !name.contains(".") {
        read(inner, under: key + ".", origin)
      } else {
        problems.append(
          ConfigurationProblem(
            key: key, origin: origin, reason: .unknownKey(near: Setting.nearest(to: key)?.key)))
      }
    }
  }

  private static func value(_ value: StrictJSON, _ kind: Setting.Kind) -> Value? {
    switch (kind, value) {
    case (.integer, .number(let text)): return .text(text)
    case (.text, .string(let text)), (.choice, .string(let text)), (.secret, .string(let text)),
      (.timeZone, .string(let text)), (.secretAddress, .string(let text)):
      return .text(text)
    case (.list, .array(let elements)), (.organizationTimeZones, .array(let elements)):
      let texts = elements.compactMap(\.text)
      return texts.count == elements.count ? .list(texts) : nil
    default: return nil
    }
  }
}
