internal import AccessControl
internal import Synchronization

/// Sessions of the dashboard that were signed out of before their tokens ended. A token that was sent as a
/// bearer token goes on: it is its owner's, not the page's. They live in memory: a restart forgets them.
final class EndedSessions: Sendable {
  static let largestCount = 10_000

  /// What was signed of a token, which nobody else can spell in another way, and when it ends.
  private let ends = Mutex<[Substring: UnixTime]>([:])

  func end(_ token: Substring, expiring end: UnixTime, at now: UnixTime) {
    ends.withLock { ends in
      if ends.count >= Self.largestCount {
        ends = ends.filter { $0.value > now }
        if ends.count >= Self.largestCount, let first = ends.min(by: { $0.value < $1.value }) {
          ends[first.key] = nil
        }
      }
      ends[Self.signed(token)] = end
    }
  }

  func contains(_ token: Substring) -> Bool {
    ends.withLock { !$0.isEmpty && $0[Self.signed(token)] != nil }
  }

  private static func signed(_ token: Substring) -> Substring {
    token.lastIndex(of: ".").map { token[..<$0] } ?? token
  }
}
