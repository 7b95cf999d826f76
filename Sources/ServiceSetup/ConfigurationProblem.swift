/// Where a value comes from, the strongest first.
public enum SettingOrigin: Sendable, Equatable, CustomStringConvertible {
  case flag
  case environment
  case file(String)
  case fallback

  public var description: String {
    switch self {
    case .flag: "flag"
    case .environment: "environment"
    case .file(let name): name
    case .fallback: "default"
    }
  }
}

/// What is wrong with the configuration. It never shows a value: one may be a secret in a wrong place.
public struct ConfigurationProblem: Error, Sendable, Equatable {
  public enum Reason: Sendable, Equatable {
    /// `near`: what it may have meant, spelled as it was.
    case unknownKey(near: String?)
    /// `near`: names of zones like the one that does not exist.
    case unknownTimeZone(allowed: String, near: [String])
    case wrongValue(allowed: String)
    case secretInFlag
    case unreadableFile(String)
    /// Only together with this one.
    case without(String)
  }

  public var key: String
  public var origin: SettingOrigin
  public var reason: Reason
}

extension ConfigurationProblem: CustomStringConvertible {
  public var description: String {
    let start = "\(key) (\(origin))"
    return switch reason {
    case .unknownKey(let near):
      "\(start): there is no such setting" + (near.map { "; did you mean \($0)?" } ?? "")
    case .unknownTimeZone(let allowed, let near):
      "\(start): there is no such time zone; must be \(allowed)"
        + (near.isEmpty ? "" : "; did you mean \(near.joined(separator: ", "))?")
    case .wrongValue(let allowed): "\(start): must be \(allowed)"
    case .secretInFlag:
      "\(start): a flag can be read by every user of the machine; use a file or the environment"
    case .unreadableFile(let reason): "\(origin): \(reason)"
    case .without(let other): "\(start): needs \(other) as well"
    }
  }
}

/// All that is wrong, so that it can be put right at once.
public struct ConfigurationProblems: Error, Sendable, Equatable, CustomStringConvertible {
  public var list: [ConfigurationProblem]
  public var description: String { list.map(\.description).joined(separator: "\n") }
}
