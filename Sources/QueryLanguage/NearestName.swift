/// The name that `name` was most likely meant to be, for hints; `nil` if none is close.
///
/// Close is one slip (a letter left out, added, changed, or two neighbours swapped) in up to five
/// characters, two in up to nine, three in longer names. A different case is no slip. The first of
/// equally close names wins.
public func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
  let wanted = Array(name.lowercased().unicodeScalars)
  // Distance is quadratic in the length: no name that was typed is longer.
  guard !wanted.isEmpty, wanted.count <= 200 else { return nil }
  var allowed = wanted.count <= 2 ? 0 : wanted.count <= 5 ? 1 : wanted.count <= 9 ? 2 : 3
  var nearest: String?
  for candidate in candidates {
    let scalars = Array(candidate.lowercased().unicodeScalars)
    guard abs(scalars.count - wanted.count) <= allowed else { continue }
    let distance = editDistance(wanted, scalars)
    // A name of which nothing is left is not the same name misspelt.
    guard distance <= allowed, distance < max(wanted.count, scalars.count) else { continue }
    nearest = candidate
    if distance == 0 { break }
    allowed = distance - 1
  }
  return nearest
}

/// Damerau-Levenshtein distance with adjacent swaps (optimal string alignment).
func editDistance<Element: Equatable>(_ left: [Element], _ right: [Element]) -> Int {
  var beforeLast = [Int](repeating: 0, count: right.count + 1)
  var last = Array(0...right.count)
  for row in left.indices {
    var current = [row + 1]
    current.reserveCapacity(right.count + 1)
    for column in right.indices {
      let isSame = left[row] == right[column]
      var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (isSame ? 0 : 1))
      if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
        cost = min(cost, beforeLast[column - 1] + 1)
      }
      current.append(cost)
    }
    beforeLast = last
    last = current
  }
  return last[right.count]
}
