internal import Synchronization

/// The end of a request whose answer is written in pieces: noted once, when the last piece is out, or when
/// whoever holds the answer lets it go without having begun to write.
final class RequestEnding: Sendable {
  private let isNoted = Atomic<Bool>(false)
  private let body: @Sendable () -> Void

  init(_ body: @escaping @Sendable () -> Void) { self.body = body }

  func note() {
    guard !isNoted.exchange(true, ordering: .relaxed) else { return }
    body()
  }

  deinit { note() }
}
