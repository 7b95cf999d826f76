/// How long to wait before trying again: doubled each time, with chance in it, so that clients that lost
/// the service together do not come back together.
struct Backoff {
  let first: Duration
  let longest: Duration
  /// A service that asks for more than this is not believed.
  static let longestAsked = Duration.seconds(600)

  /// `attempt` counts from 0; `chance` is from 0 to 1. Between half of the doubled delay and all of it, and
  /// never before the service wants.
  func delay(attempt: Int, asked: Duration?, chance: Double) -> Duration {
    let doubled = min(longest, first * (1 << min(attempt, 20)))
    let own = doubled * (0.5 + chance / 2)
    guard let asked else { return own }
    return max(own, min(asked, Self.longestAsked) * (1 + chance / 10))
  }
}
