import Benchmark

/// Each benchmark is one kernel over a million rows (sketches: values), on one thread; the time of a
/// run in milliseconds is so that of a row in nanoseconds.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock], warmupIterations: 2, maxDuration: .seconds(1),
    maxIterations: 1_000,
    thresholds: [.wallClock: .init(relative: [.p50: 20, .p90: 50])])
  addSketchBenchmarks()
  let table = KernelTable()
  addEncodingBenchmarks(table)
  addFilterBenchmarks(table)
  addGroupingBenchmarks(table)
}

let rowCount = 1 << 20

/// A small random generator (Steele, Lea and Flood: SplitMix64), so that runs are alike.
struct RandomNumbers {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed &>> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed &>> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed &>> 31
  }

  mutating func below(_ bound: UInt64) -> UInt64 { next() % bound }
}
