// Package scaffold writes estates: a new one, and a further spoke of one that is
// there. It also finds what a copy of another estate has left behind.
//
// What it writes is loaded before any file is touched, so that an estate which
// `estate check` would refuse is never on disk. Files that are there already are
// changed by insertions alone, at places known from their YAML nodes: comments and
// layout are their author's, and writing the nodes out again would lose empty lines.
package scaffold
