package estate

import (
	"fmt"
	"time"
)

// Date is a day, without a time or a zone. The zero Date is no day.
type Date struct{ day time.Time }

// UnmarshalText reads a date as ISO 8601 writes it, `2026-11-21`.
func (d *Date) UnmarshalText(text []byte) error {
	day, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return fmt.Errorf("%q is not a date like 2026-11-21", text)
	}
	d.day = day
	return nil
}

// Wanted says what a date looks like.
func (Date) Wanted() string { return "a date like 2026-11-21" }

// String is the date as [Date.UnmarshalText] reads it; "" if there is none.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.day.Format(time.DateOnly)
}

// IsZero says that there is no date.
func (d Date) IsZero() bool { return d.day.IsZero() }
