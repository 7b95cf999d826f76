/// Hands blocks from the reader to the parsers, and the parsers' results on in the files' order.
///
/// There are only so many blocks, so a reader that is ahead waits for the parsers.
final class BlockQueue: Sendable {
  private struct State {
    var free: [Block]
    var ready: [Block] = []
    var nextSequence = 0
    /// Whose turn it is to hand on a result.
    var turn = 0
    var isFinished = false
    var isStopped = false
  }

  private let monitor: Monitor<State>

  init(blockCount: Int, blockByteCount: Int) {
    let capacity = 2 * (blockByteCount + (1 << 16)) + 4 * Block.padding
    monitor = Monitor(State(free: (0..<blockCount).map { _ in Block(capacity: capacity) }))
  }

  /// A block to fill; `nil` when the load was stopped.
  func takeFree() -> Block? {
    monitor.await { state in
      if state.isStopped { return .some(nil) }
      return state.free.popLast().map { .some($0) }
    }
  }

  func giveBack(_ block: Block) {
    block.error = nil
    monitor.change { $0.free.append(block) }
  }

  func submit(_ block: Block) {
    monitor.change { state in
      block.sequence = state.nextSequence
      state.nextSequence += 1
      state.ready.append(block)
    }
  }

  /// No block will follow.
  func finish() {
    monitor.change { $0.isFinished = true }
  }

  /// Nothing more is wanted.
  func stop() {
    monitor.change { $0.isStopped = true }
  }

  /// The next block to parse; `nil` at the end.
  func takeReady() -> Block? {
    monitor.await { state in
      if state.isStopped { return .some(nil) }
      if !state.ready.isEmpty { return .some(state.ready.removeFirst()) }
      return state.isFinished ? .some(nil) : nil
    }
  }

  /// Waits until all blocks before this one were handed on; false when the load was stopped.
  func waitForTurn(_ sequence: Int) -> Bool {
    monitor.await { state in
      if state.isStopped { return false }
      return state.turn == sequence ? true : nil
    }
  }

  func endTurn() {
    monitor.change { $0.turn += 1 }
  }
}
