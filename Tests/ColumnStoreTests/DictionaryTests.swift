import ColumnStore
import Sketches
import Synchronization
import Testing

@Suite struct `A dictionary` {
  @Test func `gives each string one code for ever`() {
    let dictionary = TextDictionary(domain: "d")
    let empty = dictionary.view
    var texts: [String] = [""]
    for index in 1..<20_000 { texts.append("text \(index)") }
    texts.append(String(repeating: "x", count: 65_535))
    texts.append(String(repeating: "y", count: 200_000))
    for _ in 0..<2 {
      let codes = texts.map { Int(dictionary.insert($0)) }
      #expect(codes == Array(texts.indices))
    }
    let view = dictionary.view
    #expect(view.count == texts.count)
    let codes = texts.indices.map { UInt32($0) }
    #expect(codes.map { view.string($0) } == texts)
    #expect(texts.map { view.code(of: $0) } == codes)
    #expect(codes.map { view.hash($0) } == codes.map { view.bytes($0).hashed })
    #expect(view.code(of: "none") == nil)
    #expect(empty.code(of: "text 1") == nil)
    #expect(dictionary.textByteCount == texts.reduce(0) { $0 + $1.utf8.count })
  }

  @Test func `takes less than 36 bytes per entry beside the text`() {
    let dictionary = TextDictionary(domain: "d")
    for index in 0..<100_000 { _ = dictionary.insert("user_\(index)") }
    #expect(dictionary.byteCount - dictionary.textByteCount < 36 * 100_000)
  }

  @Test func `can be read while it grows`() {
    let dictionary = TextDictionary(domain: "d")
    let wrong = Atomic(0)
    inParallel(2, threads: 2) { worker in
      if worker == 0 {
        for index in 0..<30_000 { _ = dictionary.insert("entry \(index)") }
      } else {
        while dictionary.view.count < 30_000 {
          let view = dictionary.view
          for code in max(0, view.count - 20)..<view.count
          where view.string(UInt32(code)) != "entry \(code)" {
            wrong.wrappingAdd(1, ordering: .relaxed)
          }
        }
      }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
  }
}

extension UnsafeBufferPointer<UInt8> {
  fileprivate var hashed: UInt64 { StableHash.hash(UnsafeRawBufferPointer(self)) }
}
