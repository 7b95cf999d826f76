import ColumnStore
import QueryExecution
import Testing

@Suite struct VectorRowsTests {
  private static let columns: [[Value]] = [
    [.integer(3), .null, .integer(-1), .integer(.max), .integer(3)],
    [.double(0.5), .double(.nan), .null, .double(-0.0), .double(0)],
    [.boolean(true), .null, .boolean(false), .boolean(true), .boolean(true)],
    [.text("b"), .null, .text(""), .text("é"), .text("b")],
    [
      .interval(Interval(days: 30)), .null, .interval(Interval()), .interval(Interval(months: 1)),
      .null,
    ],
  ]

  private func rows(_ vector: Vector) -> [Value] {
    (0..<vector.count).map { vector.value(at: $0) }
  }

  private func equal(_ left: [Value], _ right: [Value]) -> Bool {
    "\(left)" == "\(right)"
  }

  @Test(arguments: columns)
  func `gathering takes rows in any order and as often as asked`(values: [Value]) {
    let type = values[0].typeForTests
    let vector = Vector(values: values, type: type)
    #expect(
      equal(rows(vector.gather(rows: [4, 1, 1, 0])), [values[4], values[1], values[1], values[0]]))
    #expect(vector.gather(rows: []).count == 0)
    let constant = Vector(constant: values[0], type: type, count: 9)
    #expect(rows(constant.gather(rows: [8, 2])) == [values[0], values[0]])
  }

  @Test(arguments: columns)
  func `vectors are put one after the other, constants and empty ones too`(values: [Value]) {
    let type = values[0].typeForTests
    let vector = Vector(values: values, type: type)
    let null = Vector(constant: .null, type: type, count: 2)
    let constant = Vector(constant: values[0], type: type, count: 1)
    let empty = Vector(values: [], type: type)
    let all = Vector.concatenate([empty, vector, null, constant, vector], type: type)
    #expect(equal(rows(all), values + [.null, .null, values[0]] + values))
    #expect(Vector.concatenate([], type: type).count == 0)
    #expect(rows(Vector.concatenate([null, null], type: type)) == [.null, .null, .null, .null])
  }

  @Test func `texts of one dictionary keep it, others share a pool`() {
    let dictionary = TextDictionary(domain: "d")
    let left = dictionaryVector(["a", nil, "b"], in: dictionary)
    let right = dictionaryVector(["c", "a"], in: dictionary)
    let same = Vector.concatenate([left, right], type: .text)
    if case .text(_, .dictionary(let view)) = same.storage {
      #expect(view.dictionary === dictionary)
    } else {
      Issue.record("the dictionary was given up")
    }
    let texts: [Value] = [.text("a"), .null, .text("b"), .text("c"), .text("a")]
    #expect(rows(same) == texts)
    let other = dictionaryVector(["c", "a"])
    #expect(rows(Vector.concatenate([left, other], type: .text)) == texts)
  }

  @Test func `positions of true leave out null and false`() {
    let vector = Vector(values: Self.columns[2], type: .boolean)
    #expect(vector.positionsOfTrue() == [0, 3, 4])
    #expect(Vector(constant: .boolean(true), type: .boolean, count: 2).positionsOfTrue() == [0, 1])
    #expect(Vector(constant: .null, type: .boolean, count: 2).positionsOfTrue() == [])
  }

  @Test func `rows are ordered by several keys and stay in place otherwise`() {
    var order = RowOrder()
    order.append(Vector(values: Self.columns[0], type: .integer), isDescending: true)
    order.append(Vector(values: Self.columns[3], type: .text))
    #expect(order.sortedRows() == [3, 0, 4, 2, 1])
    var nullsFirst = RowOrder()
    nullsFirst.append(Vector(values: Self.columns[1], type: .double), nullsFirst: true)
    #expect(nullsFirst.sortedRows() == [2, 3, 4, 0, 1])
    var texts = RowOrder()
    texts.append(dictionaryVector(["b", "é", "", "Z", "b"]), isDescending: true)
    #expect(texts.sortedRows() == [1, 0, 4, 3, 2])
    var spans = RowOrder()
    spans.append(Vector(values: Self.columns[4], type: .interval))
    #expect(spans.sortedRows() == [2, 0, 3, 1, 4])
  }

  @Test func `equal rows have equal hashes whatever holds them`() {
    let dictionary = dictionaryVector(["b", nil, "", "é", "b"])
    let pool = Vector(values: Self.columns[3], type: .text)
    #expect(RowHash.hashes(of: [dictionary], count: 5) == RowHash.hashes(of: [pool], count: 5))
    for values in Self.columns {
      let type = values[0].typeForTests
      let vector = Vector(values: values, type: type)
      let hashes = RowHash.hashes(of: [vector], count: 5)
      let equality = RowEquality([vector], [vector])
      for left in 0..<5 {
        let constant = Vector(constant: values[left], type: type, count: 1)
        #expect(RowHash.hashes(of: [constant], count: 1)[0] == hashes[left])
        for right in 0..<5 where equality.equal(left, right) {
          #expect(hashes[left] == hashes[right])
        }
      }
    }
  }

  @Test func `row equality takes nulls as equal`() {
    let left = [
      Vector(values: Self.columns[0], type: .integer), dictionaryVector(["b", nil, "", "é", "b"]),
    ]
    let right = [
      Vector(values: Self.columns[0], type: .integer), Vector(values: Self.columns[3], type: .text),
    ]
    let equality = RowEquality(left, right)
    #expect(equality.matches([0, 1, 2, 0, 0], [0, 1, 2, 4, 1]) == [1, 1, 1, 1, 0])
    let numbers = Vector(values: Self.columns[1], type: .double)
    let same = RowEquality([numbers], [numbers])
    #expect(same.equal(1, 1))
    #expect(same.equal(3, 4))
    #expect(!same.equal(0, 2))
  }
}
