// A dialog: keeps the focus, closes with Escape, gives the focus back.
import {useEffect, type ReactNode} from 'react'
import {Dialog as AriaDialog, Heading, Modal, ModalOverlay} from 'react-aria-components'
import {Button} from './basics'

export function Dialog({title, onClose, children, wide}:
  {title: ReactNode; onClose: () => void; children: ReactNode; wide?: boolean}) {
  // The button that had the focus may be gone or locked; Escape closes all the same.
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => { if (event.key === 'Escape' && document.activeElement === document.body) onClose() }
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [onClose])
  return (
    <ModalOverlay className="overlay" isOpen isDismissable onOpenChange={(isOpen) => { if (!isOpen) onClose() }}>
      <Modal className={wide ? 'modal wide' : 'modal'}>
        <AriaDialog className="dialog">
          <header><Heading slot="title">{title}</Heading><Button kind="quiet" icon="cross" aria-label="Close" onPress={onClose} /></header>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
