import Benchmark
import Sketches

func addSketchBenchmarks() {
  var random = RandomNumbers(seed: 1)
  let hashes = (0..<rowCount).map { _ in random.next() }
  // What a latency looks like: many small, few large.
  let values = (0..<rowCount).map { _ in
    100 / (1e-3 + Double(random.below(1_000_000)) / 1_000_000)
  }
  addHyperLogLog(hashes)
  addTDigest(values)
}

private func addHyperLogLog(_ hashes: [UInt64]) {
  func sketch(_ hashes: some Collection<UInt64>) -> HyperLogLog {
    var sketch = HyperLogLog()
    for hash in hashes { sketch.insert(hash: hash) }
    return sketch
  }
  let dense = sketch(hashes)
  let other = sketch(hashes.suffix(rowCount / 2))
  let sparse = sketch(hashes.prefix(200))

  Benchmark("hll-add-dense") { benchmark in
    for _ in benchmark.scaledIterations {
      var sketch = dense
      hashes.withUnsafeBufferPointer { sketch.insert(hashes: $0) }
      blackHole(sketch)
    }
  }
  // As many sketches as it takes to add a million values, 128 each.
  Benchmark("hll-add-sparse") { benchmark in
    for _ in benchmark.scaledIterations {
      hashes.withUnsafeBufferPointer { hashes in
        for start in stride(from: 0, to: rowCount, by: 128) {
          var sketch = HyperLogLog()
          sketch.insert(hashes: UnsafeBufferPointer(rebasing: hashes[start..<start + 128]))
          blackHole(sketch)
        }
      }
    }
  }
  Benchmark("hll-merge-dense") { benchmark in
    for _ in benchmark.scaledIterations {
      var merged = dense
      merged.merge(other)
      blackHole(merged)
    }
  }
  Benchmark("hll-merge-sparse-into-dense") { benchmark in
    for _ in benchmark.scaledIterations {
      var merged = dense
      merged.merge(sparse)
      blackHole(merged)
    }
  }
  Benchmark("hll-estimate-dense") { benchmark in
    for _ in benchmark.scaledIterations { blackHole(dense.estimate()) }
  }
}

private func addTDigest(_ values: [Double]) {
  func digest(_ values: some Collection<Double>) -> TDigest {
    var digest = TDigest()
    for value in values { digest.insert(value) }
    digest.compress()
    return digest
  }
  let sorted = values.sorted()
  let full = digest(values)
  let other = digest(values.prefix(rowCount / 2))

  Benchmark("tdigest-add") { benchmark in
    for _ in benchmark.scaledIterations {
      var digest = TDigest()
      values.withUnsafeBufferPointer { digest.insert($0) }
      digest.compress()
      blackHole(digest)
    }
  }
  Benchmark("tdigest-add-sorted-run") { benchmark in
    for _ in benchmark.scaledIterations {
      var digest = TDigest()
      sorted.withUnsafeBufferPointer { digest.insert(sortedRun: $0) }
      digest.compress()
      blackHole(digest)
    }
  }
  Benchmark("tdigest-merge") { benchmark in
    for _ in benchmark.scaledIterations {
      var merged = full
      merged.merge(other)
      merged.compress()
      blackHole(merged)
    }
  }
  Benchmark("tdigest-quantile") { benchmark in
    for _ in benchmark.scaledIterations { blackHole(full.quantile(0.95)) }
  }
}
