internal import AccessControl
internal import Crypto

/// A key as it is stored: what is known of it, a salt, and HMAC-SHA256 of its secret under the salt.
/// A slow hash would add nothing: the secret is 256 bits of chance.
struct StoredEmitterKey: Sendable {
  var key: EmitterKey
  let salt: [UInt8]
  let digest: [UInt8]

  init(key: EmitterKey, salt: [UInt8], digest: [UInt8]) {
    self.key = key
    self.salt = salt
    self.digest = digest
  }

  init(_ key: EmitterKey, secret: [UInt8], salt: [UInt8]) {
    self.key = key
    self.salt = salt
    digest = Array(
      HMAC<SHA256>.authenticationCode(
        for: Self.message(key.id, secret), using: SymmetricKey(data: salt)))
  }

  /// Takes the same time wherever they differ.
  func matches(_ text: EmitterKeyText) -> Bool {
    HMAC<SHA256>.isValidAuthenticationCode(
      digest, authenticating: Self.message(text.id, text.secret), using: SymmetricKey(data: salt))
  }

  private static func message(_ id: String, _ secret: [UInt8]) -> [UInt8] {
    Array("daybook emitter key 1\0\(id)\0".utf8) + secret
  }
}

/// The file of emitter keys, `emitter-keys.json`: an object with `version` (1) and `keys`, a list of
///
///     {"id": 16 digits, "organization": text, "kinds": [text], "label": text, "creator": text,
///      "created": milliseconds, "revoked": milliseconds or null, "salt": 32 digits,
///      "digest": 64 digits}
///
/// where digits are hexadecimal. One key per line, so that a difference can be read.
enum EmitterKeyFile {
  static func encode(_ keys: [StoredEmitterKey]) -> [UInt8] {
    let quoted = StrictJSON.quoted
    let lines = keys.map { stored in
      let key = stored.key
      let kinds = key.kinds.map(\.rawValue).sorted().map(quoted).joined(separator: ",")
      let revoked = key.revoked.map { "\($0.milliseconds)" } ?? "null"
      return
        "{\"id\":\(quoted(key.id)),\"organization\":\(quoted(key.organization.text)),"
        + "\"kinds\":[\(kinds)],\"label\":\(quoted(key.label.text)),"
        + "\"creator\":\(quoted(key.creator.text)),\"created\":\(key.created.milliseconds),"
        + "\"revoked\":\(revoked),\"salt\":\(quoted(Hexadecimal.encode(stored.salt))),"
        + "\"digest\":\(quoted(Hexadecimal.encode(stored.digest)))}"
    }
    return Array("{\"version\":1,\"keys\":[\n\(lines.joined(separator: ",\n"))\n]}\n".utf8)
  }

  /// Throws what is wrong, in words.
  static func decode(_ bytes: [UInt8]) throws(EmitterKeyFileError) -> [StoredEmitterKey] {
    let document: StrictJSON
    do throws(StrictJSON.Failure) {
      document = try StrictJSON(bytes)
    } catch {
      throw EmitterKeyFileError(reason: error.description)
    }
    guard document.members?["version"]?.integer == 1 else {
      throw EmitterKeyFileError(reason: "its version is not 1")
    }
    guard let elements = document.members?["keys"]?.elements,
      elements.count <= EmitterKeyStore.largestCount
    else { throw EmitterKeyFileError(reason: "it has no list of keys, or too long a one") }
    var keys: [StoredEmitterKey] = []
    var ids: Set<String> = []
    for (place, element) in elements.enumerated() {
      guard let key = key(element), ids.insert(key.key.id).inserted else {
        throw EmitterKeyFileError(reason: "key \(place + 1) is damaged or there twice")
      }
      keys.append(key)
    }
    return keys
  }

  private static func key(_ value: StrictJSON) -> StoredEmitterKey? {
    guard let members = value.members,
      let id = members["id"]?.text, Hexadecimal.decode(id)?.count == 8,
      let organization = members["organization"]?.text.flatMap(OrganizationID.init),
      let names = members["kinds"]?.elements, !names.isEmpty,
      let label = members["label"]?.text.flatMap(Identifier.init),
      let creator = members["creator"]?.text.flatMap(UserID.init),
      let created = members["created"]?.integer,
      let salt = members["salt"]?.text.flatMap({ Hexadecimal.decode($0) }), salt.count == 16,
      let digest = members["digest"]?.text.flatMap({ Hexadecimal.decode($0) }), digest.count == 32,
      let end = members["revoked"], end == .null || end.integer != nil
    else { return nil }
    let kinds = names.compactMap { $0.text.flatMap(RecordKind.init) }
    guard kinds.count == names.count else { return nil }
    return StoredEmitterKey(
      key: EmitterKey(
        id: id, organization: organization, kinds: Set(kinds), label: label, creator: creator,
        created: UnixTime(milliseconds: created),
        revoked: end.integer.map { UnixTime(milliseconds: $0) }),
      salt: salt, digest: digest)
  }
}

struct EmitterKeyFileError: Error, Equatable {
  var reason: String
}
