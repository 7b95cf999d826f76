import ColumnStore
import Glibc
import Ingestion
import Synchronization
import Testing

struct InputTests {
  /// A pipe that gives these bytes once.
  private func throughPipe(
    _ text: String, options: LoadOptions = LoadOptions()
  ) throws -> LoadHarness.Loaded {
    let file = TemporaryFile([], name: "pipe.csv")
    unlink(file.path)
    #expect(mkfifo(file.path, 0o600) == 0)
    let path = file.path
    let bytes = Array(text.utf8)
    // Opening waits for the other side, so the writer needs a thread of its own.
    let writer = WriterThread {
      let descriptor = open(path, O_WRONLY)
      var written = 0
      while written < bytes.count {
        let count = bytes[written..<min(written + 100, bytes.count)].withUnsafeBytes {
          write(descriptor, $0.baseAddress, $0.count)
        }
        if count <= 0 { break }
        written += count
      }
      close(descriptor)
    }
    defer { writer.join() }
    return try LoadHarness(options: options).load(file.path)
  }

  @Test func `a pipe is read once, and again from memory when types have to be widened`() throws {
    var text = "a,b\n"
    for row in 0..<500 { text += "\(row),\(row == 400 ? "x" : "1")\n" }
    var options = LoadOptions()
    options.sampleByteCount = 100
    options.blockByteCount = 64
    let loaded = try throughPipe(text, options: options)
    #expect(loaded.rows.count == 500)
    #expect(loaded.types == ["a": "bigint", "b": "text"])
    #expect(loaded.rows[499] == [.integer(499), .text("1")])
    options.types = ["a": "bigint", "b": "text"]
    #expect(try throughPipe(text, options: options).rows == loaded.rows)
  }

  @Test func `strings come back whether they repeat or not`() throws {
    var text = "word,sentence,id,uuid,both\n"
    var expected: [[Value]] = []
    for row in 0..<6000 {
      let sentence = "sentence number \(row % 50) of fifty, all of them longer than sixteen bytes"
      let id = "id-\(row &* 7919)"
      let uuid = "550e8400-e29b-41d4-a716-\(446_655_440_000 + row)"
      let both = row < 3000 ? "same" : "differs \(row)"
      let fields = ["w\(row % 300)", sentence, id, uuid, both]
      text += fields.map { "\"\($0)\"" }.joined(separator: ",") + "\n"
      expected.append(fields.map { .text($0) })
    }
    for threads in [1, 3] {
      var options = LoadOptions()
      options.threads = threads
      let loaded = try LoadHarness(options: options).load(text: text, block: 200_000)
      #expect(loaded.rows == expected)
    }
  }

  @Test func `progress ends with all bytes and rows`() throws {
    let text = "a\n" + (0..<100).map { "\($0)\n" }.joined()
    let seen = Mutex<[LoadProgress]>([])
    let file = TemporaryFile(Array(text.utf8))
    var options = LoadOptions()
    options.blockByteCount = 50
    options.progress = { progress in seen.withLock { $0.append(progress) } }
    _ = try Loader(store: Store(), options: options).load([.path(file.path)], into: "t")
    let all = seen.withLock { $0 }
    #expect(all.last?.rows == 100)
    #expect(all.last?.bytesRead == text.utf8.count)
    #expect(all.last?.totalBytes == text.utf8.count)
    #expect(all.map(\.rows) == all.map(\.rows).sorted())
  }

  @Test func `a file without header goes into a table by position`() throws {
    var harness = LoadHarness()
    harness.existing = TableSchema(
      name: "t",
      columns: [
        ColumnDefinition(name: "ts", type: .timestampWithTimeZone),
        ColumnDefinition(name: "n", type: .integer),
      ], partitionColumn: 0)
    let loaded = try harness.load(text: "1700000000,5\n1700000001,6\n")
    #expect(loaded.rows[1] == [.timestampWithTimeZone(1_700_000_001_000), .integer(6)])
    let error = #expect(throws: LoadError.self) { try harness.load(text: "1700000000\n1\n") }
    #expect(error?.message == "the file has no header and 1 column, the table has 2")
  }

  @Test func `formats are told by content where the name says nothing`() throws {
    let texts = [
      ("a,b\n1,2 x\n", 2), ("a\tb\tc\n1\t2,5\t3\n", 3), ("1 2 3 4\n5 6 7 8\n", 4),
      ("{\"a\":1,\"b\":2}\n", 2), ("word\n", 1),
    ]
    for (text, count) in texts {
      #expect(try LoadHarness().load(text: text, name: "data").schema.columns.count == count)
    }
  }
}

private final class WriterThread: @unchecked Sendable {
  private var thread = pthread_t()
  private let body: @Sendable () -> Void

  init(_ body: @escaping @Sendable () -> Void) {
    self.body = body
    pthread_create(
      &thread, nil,
      { argument in
        if let argument {
          Unmanaged<WriterThread>.fromOpaque(argument).takeUnretainedValue().body()
        }
        return nil
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  func join() {
    pthread_join(thread, nil)
  }
}
