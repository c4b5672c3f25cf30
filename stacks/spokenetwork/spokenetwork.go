package spokenetwork

import (
	"hubspoke/internal/estatevpc"
	"hubspoke/internal/stack"
)

// New fills the stack.
func New(s *stack.Stack) error {
	_, err := estatevpc.New(s, nil)
	return err
}
