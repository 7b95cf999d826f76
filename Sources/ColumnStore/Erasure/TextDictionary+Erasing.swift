extension TextDictionary {
  /// A dictionary in which the first texts have the codes that they have here, without those whose codes
  /// are not in `kept`. `nil` where that is all of them.
  func keeping(_ kept: CodeSet) -> (dictionary: TextDictionary, erasedCount: Int)? {
    let count = Int(kept.limit)
    let gone = Set(erasedCodes(in: 0..<count))
    guard kept.count + gone.count < count else { return nil }
    let view = view
    let copy = TextDictionary(domain: domain)
    copy.reserve(count)
    for code in 0..<kept.limit {
      if kept.contains(code) { _ = copy.insert(view.bytes(code)) } else { copy.appendErased() }
    }
    return (copy, count - kept.count - gone.count)
  }
}
