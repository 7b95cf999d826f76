internal import AccessControl
internal import Authentication
internal import Synchronization

/// Sessions of the dashboard that were signed out of before their tokens ended. A token that was sent as a
/// bearer token goes on: it is its owner's, not the page's. They live in memory: a restart forgets them.
final class EndedSessions: Sendable {
  static let largestCount = 10_000

  /// A name that follows from what was signed of a token, which nobody else can spell in another way, and when
  /// the token ends. Not the token: that is a part of a header of any length, which it would keep whole.
  private let ends = Mutex<[String: UnixTime]>([:])

  func end(_ token: Substring, expiring end: UnixTime, at now: UnixTime) {
    let name = Self.name(token)
    ends.withLock { ends in
      if ends.count >= Self.largestCount {
        ends = ends.filter { $0.value > now }
        if ends.count >= Self.largestCount, let first = ends.min(by: { $0.value < $1.value }) {
          ends[first.key] = nil
        }
      }
      ends[name] = end
    }
  }

  func contains(_ token: Substring) -> Bool {
    guard ends.withLock({ !$0.isEmpty }) else { return false }
    let name = Self.name(token)
    return ends.withLock { $0[name] != nil }
  }

  private static func name(_ token: Substring) -> String {
    NameUUID.text(of: [String(token.lastIndex(of: ".").map { token[..<$0] } ?? token)])
  }
}
