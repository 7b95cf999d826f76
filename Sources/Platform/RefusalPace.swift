internal import AccessControl
internal import Synchronization

/// Which refusals of one person go on the record: the first ones of an hour. Whoever is signed in may ask for what is
/// refused as often as he likes, and the record is kept for ever.
final class RefusalPace: Sendable {
  /// Of one person in an hour.
  static let largestCount = 10
  private static let window = Duration.seconds(3600)
  /// People who are remembered, at most.
  private static let largestPersonCount = 16_384

  private struct Seen {
    var since: UnixTime
    var count = 0

    func isOver(at now: UnixTime) -> Bool {
      // Also where the clock went back.
      now >= since.advanced(by: RefusalPace.window) || now < since
    }
  }

  private let people = Mutex<[UserID: Seen]>([:])

  /// Counts a refusal; whether it is one to record.
  func take(_ user: UserID, at now: UnixTime) -> Bool {
    people.withLock { people in
      if people[user] == nil, people.count >= Self.largestPersonCount {
        people = people.filter { !$1.isOver(at: now) }
        if people.count >= Self.largestPersonCount { people = [:] }
      }
      var seen = people[user] ?? Seen(since: now)
      if seen.isOver(at: now) { seen = Seen(since: now) }
      guard seen.count < Self.largestCount else { return false }
      seen.count += 1
      people[user] = seen
      return true
    }
  }
}
