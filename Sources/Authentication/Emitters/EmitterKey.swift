public import AccessControl

/// What is known of an emitter's key. The key itself is not: a hash of it stays with the store.
public struct EmitterKey: Sendable, Equatable {
  /// 16 hexadecimal digits; the first part of the key's text, so that a key that turns up somewhere
  /// can be found and revoked.
  public let id: String
  public let organization: OrganizationID
  public let kinds: Set<RecordKind>
  /// What it is for, in its maker's words.
  public let label: Identifier
  public let creator: UserID
  public let created: UnixTime
  public internal(set) var revoked: UnixTime?

  /// What the text of every key begins with: nothing else that authenticates does.
  public static let prefix = "dbk_"
}

/// The text of a key: `dbk_`, the identifier, `_`, and 32 random bytes in hexadecimal digits.
///
/// The beginning lets scanners of sources and logs know a key when they see one.
struct EmitterKeyText {
  static let prefix = EmitterKey.prefix
  static let byteCount = 4 + 16 + 1 + 64

  let id: String
  let secret: [UInt8]

  init(id: String, secret: [UInt8]) {
    self.id = id
    self.secret = secret
  }

  init?(_ text: some Collection<UInt8>) {
    guard text.count == Self.byteCount, let text = String(validating: text, as: UTF8.self),
      text.utf8.count == Self.byteCount, text.hasPrefix(Self.prefix)
    else { return nil }
    let parts = text.dropFirst(Self.prefix.count).split(
      separator: "_", omittingEmptySubsequences: false)
    guard parts.count == 2, Hexadecimal.decode(parts[0])?.count == 8,
      let secret = Hexadecimal.decode(parts[1]), secret.count == 32
    else { return nil }
    self.init(id: String(parts[0]), secret: secret)
  }

  var text: String { "\(Self.prefix)\(id)_\(Hexadecimal.encode(secret))" }
}

/// Why a record is not taken from an emitter.
public enum EmitterRefusal: Error, Equatable, Sendable {
  /// Malformed, unknown, wrong or revoked: the caller is told no difference, the log is.
  case invalidKey(Reason)
  /// The key is right, and not for records of this kind.
  case kindNotAllowed(RecordKind, id: String)

  public enum Reason: Equatable, Sendable {
    case malformed
    case unknown
    case wrong(id: String)
    case revoked(id: String)
  }

  /// All that a caller is told.
  public var publicMessage: String {
    switch self {
    case .invalidKey: "invalid emitter key"
    case .kindNotAllowed(let kind, _):
      "this emitter key is not for records of kind \(kind.rawValue)"
    }
  }
}

/// Why the keys could not be changed or read.
public enum EmitterKeyStoreError: Error, Equatable, Sendable {
  case noKinds
  case unknownKey
  case alreadyRevoked
  case tooMany
  /// The file, and what is wrong with it.
  case damaged(String, String)
  case disk(String)
}

extension EmitterKeyStoreError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noKinds:
      "name at least one kind of record: "
        + RecordKind.allCases.map(\.rawValue).joined(separator: ", ")
    case .unknownKey: "there is no such emitter key"
    case .alreadyRevoked: "this emitter key is revoked already"
    case .tooMany: "there are \(EmitterKeyStore.largestCount) keys; no more can be made"
    case .damaged(let path, let reason): "\(path): \(reason)"
    case .disk(let text): text
    }
  }
}
