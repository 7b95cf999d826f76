internal import AccessControl
package import ColumnStore
internal import Intake
package import Logging
internal import Synchronization

/// The one place where what was stored becomes what is shown: batches change it, and at each tick all
/// streams are told that there is something new.
///
/// A batch takes the lock for as long as adding up takes, and a reader for as long as copying some numbers
/// takes; nobody writes to a socket meanwhile. A reader who is slow misses ticks and is given what is
/// newest.
package final class LiveHub: Sendable {
  private struct State: Sendable {
    var board: LiveBoard
    /// Batches up to this version of the store are in the board already: they were read from the tables.
    var readVersion: UInt64 = 0
    /// What is being read, and batches that are newer than it.
    var fresh: (version: UInt64, board: LiveBoard)?
    var isComplete = true
    var changeCount: UInt64 = 0
  }

  /// What one tick shows: made once for all who look at the same.
  private struct Shown: Sendable {
    var tick: UInt64 = 0
    var changeCount: UInt64 = 0
    var second: Int64 = .min
    /// When streams were told last.
    var told = ContinuousClock.now
    var readings: [(view: LiveView, reading: LiveReading)] = []
  }

  private let state: Mutex<State>
  private let shown = Mutex(Shown())
  let streams: LiveStreams
  /// Tells the ticks of this process from those of others.
  let epoch: String
  private let now: @Sendable () -> UnixTime

  init(_ limits: ServiceLimits, _ environment: ServiceEnvironment) {
    now = environment.now
    state = Mutex(State(board: LiveBoard(at: environment.now())))
    streams = LiveStreams(limits)
    epoch = String(environment.random(), radix: 36)
  }

  /// Of the thread that brought the batch, once it is kept and visible.
  func note(_ batch: ActivityBatch) {
    let time = now()
    state.withLock { state in
      state.changeCount += 1
      // Nobody may have looked for a while.
      state.board.advance(to: time)
      if batch.version > state.fresh?.version ?? .max { state.fresh?.board.add(batch) }
      guard batch.version > state.readVersion else { return }
      state.board.add(batch)
    }
  }

  /// Makes the counters of the tables: at the start, and after rows were taken out. Batches may come
  /// meanwhile; each is counted once, by the tables or by itself.
  package func restore(from store: Store, _ log: Logger) {
    let time = now()
    let catalog = state.withLock { state in
      // Under the lock: which batches are newer than the catalog must not change before this is noted.
      let catalog = store.catalog()
      state.fresh = (catalog.version, LiveBoard(at: time))
      return catalog
    }
    do {
      let rows = try LiveRestoring.rows(of: catalog, at: time)
      state.withLock { state in
        // Unless somebody began to read again since.
        guard let fresh = state.fresh, fresh.version == catalog.version else { return }
        state.fresh = nil
        state.board = fresh.board
        rows.add(to: &state.board)
        state.readVersion = fresh.version
        state.isComplete = true
        state.changeCount += 1
      }
    } catch {
      log.error(
        "the live counters could not be read from the tables", metadata: ["error": "\(error)"])
      state.withLock { state in
        state.fresh = nil
        state.isComplete = false
      }
    }
  }

  // MARK: - Readers

  /// As it is now.
  func reading(_ view: LiveView) -> (reading: LiveReading, isComplete: Bool) {
    let time = now()
    return state.withLock { state in
      (
        state.board.reading(of: view.organizations, at: time, withSeries: view.hasSeries),
        state.isComplete
      )
    }
  }

  /// As of the newest tick, with its number.
  func newest(_ view: LiveView) -> (tick: UInt64, reading: LiveReading) {
    let key = LiveView(organizations: view.organizations, counters: [], hasSeries: view.hasSeries)
    let (tick, known) = shown.withLock { shown in
      (shown.tick, shown.readings.first { $0.view == key }?.reading)
    }
    if let known { return (tick, known) }
    let reading = reading(view).reading
    shown.withLock { shown in
      // A view that only few look at is not worth looking for.
      if shown.tick == tick, shown.readings.count < 64 { shown.readings.append((key, reading)) }
    }
    return (tick, reading)
  }

  /// Whether nothing came since this tick: all that was shown under its number is the same.
  func isNewest(_ tick: UInt64) -> Bool {
    let shown = shown.withLock { ($0.tick, $0.changeCount, $0.second) }
    return state.withLock { state in
      (tick, state.changeCount, state.board.second) == shown
    }
  }

  /// Streams that are open.
  package var streamCount: Int { streams.count }

  var isComplete: Bool { state.withLock { $0.isComplete } }

  /// Called several times a second. Streams are told where something changed, and once a second: they look
  /// at their tokens then.
  func advance() {
    let time = now()
    let (changes, second) = state.withLock { state in
      state.board.advance(to: time)
      return (state.changeCount, state.board.second)
    }
    let isNews = shown.withLock { shown in
      let instant = ContinuousClock.now
      if changes != shown.changeCount || second != shown.second {
        shown.tick += 1
        shown.changeCount = changes
        shown.second = second
        shown.readings = []
      } else if instant - shown.told < .seconds(1) {
        // A clock that was set back, or stands still, keeps nobody waiting.
        return false
      }
      shown.told = instant
      return true
    }
    if isNews { streams.tell() }
  }
}
