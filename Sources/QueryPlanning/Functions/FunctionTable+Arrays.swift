import ColumnStore

/// Functions of arrays. Positions count from 1.
let arrayFunctions: [FunctionDefinition] = [
  FunctionDefinition(
    "cardinality array_length", [.anyArray], .type(.integer), .arrayLength, "Number of elements."),
  FunctionDefinition(
    "array_length array_upper", [.anyArray, .type(.integer)], .type(.integer), .arrayDimension,
    "Number of elements in dimension 1; null for an empty array."),
  FunctionDefinition(
    "array_position", [.anyArray, .anyElement], .type(.integer), .arrayPosition,
    "Where the element first is; null if nowhere."),
  FunctionDefinition(
    "array_position", [.anyArray, .anyElement, .type(.integer)], .type(.integer), .arrayPosition,
    "The same from the given position on."),
  FunctionDefinition(
    "array_append", [.anyArray, .anyElement], .anyArray, .arrayAppend,
    "With the element at the end; array || element is the same."),
  FunctionDefinition(
    "array_prepend", [.anyElement, .anyArray], .anyArray, .arrayPrepend,
    "With the element at the start; element || array is the same."),
  FunctionDefinition(
    "array_cat", [.anyArray, .anyArray], .anyArray, .arrayConcatenate,
    "One array after the other; array || array is the same."),
  FunctionDefinition(
    "array_remove", [.anyArray, .anyElement], .anyArray, .arrayRemove,
    "Without the elements that equal the given one."),
  FunctionDefinition(
    "array_to_string", [.anyArray, .type(.text)], .type(.text), .arrayToText,
    "The elements with a separator between them; nulls are skipped."),
  FunctionDefinition(
    "array_to_string", [.anyArray, .type(.text), .type(.text)], .type(.text), .arrayToText,
    "The same with a text for nulls."),
  FunctionDefinition(
    "string_to_array", [.type(.text), .type(.text)], .type(.array(.text)), .textToArray,
    "The parts between separators; with a null separator the characters."),
  FunctionDefinition(
    "string_to_array", [.type(.text), .type(.text), .type(.text)], .type(.array(.text)),
    .textToArray, "The same; parts that equal the third text are null."),
]
